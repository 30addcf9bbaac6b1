import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type Later, useLater } from '@/shared/lib/later';
import type { Act } from './search';

/** What every dialog of an act is given. */
export interface ActProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** It has faded away, and may be forgotten. */
  onClosed: () => void;
}

/**
 * What a person does in a dialog that comes when it is asked for. That it is
 * open stands in the address, so that it is open again after a reload, and on
 * the way back from an issuer who was asked to confirm.
 */
export function useAct<T>(act: Act, dialog: Later<T>): { parts: T | undefined; begin: () => void; props: ActProps } {
  const open = useSearch({ from: '/_app/settings' }).do === act;
  const navigate = useNavigate();
  const [there, setThere] = useState(open);
  if (open && !there) {
    setThere(true);
  }
  const change = (next: boolean) =>
    void navigate({ to: '.', search: next ? { do: act } : {}, replace: true, resetScroll: false });
  return {
    parts: useLater(dialog, there),
    begin: () => change(true),
    props: { open, onOpenChange: change, onClosed: () => setThere(false) },
  };
}
