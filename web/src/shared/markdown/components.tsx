import type { ComponentProps, ReactNode } from 'react';
import type { Components, ExtraProps } from 'streamdown';
import { i18n } from '@/shared/lib/text';
import { CodeBlock } from './code-block';
import { InLink, Picture } from './picture';

type Node = NonNullable<ExtraProps['node']>;

/**
 * How each element of a document looks: plain elements, which markdown.css
 * styles. Headings go down a step or two, below the page's own.
 */
export const components: Components = {
  h1: 'h2',
  h2: 'h3',
  h3: 'h4',
  h4: 'h5',
  h5: 'h6',
  h6: 'h6',
  p: 'p',
  ul: 'ul',
  ol: 'ol',
  li: 'li',
  hr: 'hr',
  strong: 'strong',
  blockquote: 'blockquote',
  sub: 'sub',
  sup: 'sup',
  section: 'section',
  thead: 'thead',
  tbody: 'tbody',
  tr: 'tr',
  th: 'th',
  td: 'td',
  code: 'code',
  pre: Pre,
  table: Table,
  a: Link,
  img: Image,
  input: TaskBox,
};

const lastBreak = /\n$/u;

function Pre({ node }: ComponentProps<'pre'> & ExtraProps) {
  const code = node?.children[0];
  if (code?.type !== 'element') {
    return null;
  }
  return <CodeBlock code={textOf(code).replace(lastBreak, '')} language={languageOf(code)} />;
}

function textOf(node: Node): string {
  return node.children
    .map((child) => {
      if (child.type === 'text') {
        return child.value;
      }
      return child.type === 'element' ? textOf(child) : '';
    })
    .join('');
}

function languageOf(code: Node): string {
  const { className: names } = code.properties;
  const name = Array.isArray(names) ? names.find((n) => String(n).startsWith('language-')) : undefined;
  return name ? String(name).slice('language-'.length) : '';
}

/** Scrolls inside itself; the keyboard needs to reach what scrolls. */
function Table({ node: _, ...rest }: ComponentProps<'table'> & ExtraProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="markdown-table" aria-label={i18n.t('Table')} tabIndex={0}>
      <table {...rest} />
    </section>
  );
}

/** The box of a task list; it shows and does nothing. */
function TaskBox({ checked }: ComponentProps<'input'> & ExtraProps) {
  return (
    <input
      type="checkbox"
      aria-label={checked ? i18n.t('Done') : i18n.t('To do')}
      checked={checked}
      disabled={true}
      readOnly={true}
    />
  );
}

/** The unfinished link at the end of a text that still comes has this address. */
const unfinished = 'streamdown:incomplete-link';

function Link({ node: _, href, children, ...rest }: ComponentProps<'a'> & ExtraProps) {
  if (!href || href === unfinished) {
    return <span>{children}</span>;
  }
  const inside = href.startsWith('#');
  return (
    <a {...rest} href={href} {...(!inside && { target: '_blank', rel: 'noopener noreferrer' })}>
      <InLink value={true}>{children}</InLink>
    </a>
  );
}

function Image({ src, alt }: ComponentProps<'img'> & ExtraProps): ReactNode {
  return typeof src === 'string' && src !== '' ? <Picture alt={alt ?? ''} src={src} /> : (alt ?? null);
}
