import { lazy, memo, Suspense } from 'react';
import { connection, onConnection, reportUnreachable } from '@/shared/lib/connection';

/**
 * Fetches the renderer ahead of its first use. The first keystroke in a
 * composer is a good moment: the answer takes longer than that. Without a line
 * it comes when there is one again; text is shown plain until then.
 */
export async function loadMarkdown(): Promise<{ default: typeof import('./renderer').Renderer }> {
  try {
    const { Renderer: renderer } = await import('./renderer');
    return { default: renderer };
  } catch {
    reportUnreachable();
    await online();
    return loadMarkdown();
  }
}

function online(): Promise<void> {
  return new Promise((resolve) => {
    const stop = onConnection(() => {
      if (connection() === 'online') {
        stop();
        resolve();
      }
    });
  });
}

const Renderer = lazy(loadMarkdown);

interface MarkdownProps {
  children: string;
}

/** Text of a model as a document. Nothing in it runs, loads or looks like the page's own. */
export const Markdown = memo(({ children }: MarkdownProps) => (
  <Suspense fallback={<div className="markdown whitespace-pre-wrap">{children}</div>}>
    <Renderer>{children}</Renderer>
  </Suspense>
));
