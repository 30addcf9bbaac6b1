import { useEffect, useRef } from 'react';
import { Skeleton } from '@/shared/ui/skeleton';

/** The end of what is loaded; asks for more when it comes near. */
export function ListEnd({ onReached }: { onReached: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(onReached);
  useEffect(() => {
    latest.current = onReached;
  });
  useEffect(() => {
    if (!end.current) {
      return;
    }
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) {
          latest.current();
        }
      },
      { rootMargin: '200px' },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={end}>
      <ListSkeletons />
    </div>
  );
}

const widths = ['w-4/5', 'w-3/5', 'w-11/12', 'w-2/3', 'w-3/4'];

export function ListSkeletons() {
  return (
    <div className="flex flex-col gap-0.5">
      {widths.map((width) => (
        <div className="flex h-9 items-center px-2 pointer-coarse:h-11" key={width}>
          <Skeleton className={`h-4 ${width}`} />
        </div>
      ))}
    </div>
  );
}
