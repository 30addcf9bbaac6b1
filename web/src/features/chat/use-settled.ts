import { useEffect, useState } from 'react';

const settleTime = 200;

/** A value that has not changed for a moment: the server is asked for words, not for letters. */
export function useSettled(value: string, time = settleTime): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), time);
    return () => clearTimeout(timer);
  }, [value, time]);
  return settled;
}
