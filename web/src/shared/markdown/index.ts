export { loadMarkdown, Markdown } from './markdown';
