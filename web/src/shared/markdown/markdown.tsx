import { lazy, memo, Suspense } from 'react';

/**
 * Fetches the renderer ahead of its first use. The first keystroke in a
 * composer is a good moment: the answer takes longer than that.
 */
export const loadMarkdown = () => import('./renderer').then((file) => ({ default: file.Renderer }));

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
