import { useLocation } from '@tanstack/react-router';
import { useLayoutEffect, useState } from 'react';

/**
 * The secret of a link in an e-mail. It comes in the fragment, which no browser
 * sends anywhere, and goes at once from the address bar into this tab's own
 * storage: a reload and a sign-in in between lose nothing, and it is in no
 * history, no picture of the screen and no link that somebody copies.
 */
export function useLinkToken(page: 'reset' | 'verify'): string {
  const hash = useLocation({ select: (location) => location.hash });
  const [token, setToken] = useState(() => read(page));
  useLayoutEffect(() => {
    if (hash !== '') {
      write(page, hash);
      setToken(hash);
      history.replaceState(history.state, '', location.pathname + location.search);
    }
  }, [page, hash]);
  return hash === '' ? token : hash;
}

/** It has done what it was for. */
export function forgetLinkToken(page: 'reset' | 'verify'): void {
  write(page, '');
}

const key = (page: string) => `pulse.link.${page}`;

function read(page: string): string {
  try {
    return sessionStorage.getItem(key(page)) ?? '';
  } catch {
    return ''; // storage is switched off; the link in the e-mail is still there
  }
}

function write(page: string, token: string): void {
  try {
    if (token === '') {
      sessionStorage.removeItem(key(page));
    } else {
      sessionStorage.setItem(key(page), token);
    }
  } catch {
    // As above.
  }
}
