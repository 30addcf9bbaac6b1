import { useEffect, useRef, useSyncExternalStore } from 'react';
import { nextOf, type Standing, type WaitingQuestion, waiting } from './waiting';

/**
 * The questions that wait in a conversation. While it is open, each is asked
 * when its turn has come.
 */
export function useWaiting(
  key: string,
  standing: Standing,
  ask: (question: WaitingQuestion) => Promise<void>,
): readonly WaitingQuestion[] {
  const list = useSyncExternalStore(waiting.subscribe, () => waiting.of(key));
  const next = nextOf(list, standing);
  const latest = useRef(ask);
  useEffect(() => {
    latest.current = ask;
  });
  useEffect(() => {
    if (next) {
      void latest.current(next);
    }
  }, [next]);
  return list;
}
