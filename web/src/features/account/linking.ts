const key = 'pulse.linking';

/** Tells once whether this tab went away to link an account. */
function over(): boolean {
  try {
    const begun = sessionStorage.getItem(key) !== null;
    sessionStorage.removeItem(key);
    return begun;
  } catch {
    return false;
  }
}

/**
 * Whether this tab has gone to the issuer to link an account. From there it
 * comes back to the settings, not to the part of them that it left.
 */
export const linking = {
  begin(): void {
    try {
      sessionStorage.setItem(key, 'yes');
    } catch {
      // Storage is switched off: the way back ends one step earlier.
    }
    addEventListener('pageshow', over, { once: true }); // they went back in the browser
  },
  over,
};
