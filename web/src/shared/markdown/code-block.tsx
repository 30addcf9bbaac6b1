import { memo } from 'react';
import { i18n } from '@/shared/lib/text';
import { CopyButton } from '@/shared/ui/copy-button';
import { useHighlighting } from './highlighter';
import type { Token } from './highlighting';

interface CodeBlockProps {
  code: string;
  /** As it stands after the fence; may be empty or unknown. */
  language: string;
}

export const CodeBlock = memo(({ code, language }: CodeBlockProps) => {
  const known = useHighlighting(code, language);
  return (
    <figure className="markdown-code" dir="ltr">
      <figcaption>
        <span>{language || i18n.t('text')}</span>
        <CopyButton text={() => code} label={i18n.t('Copy code')} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>
          {code.split('\n').map((text, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            <Line key={index} text={text} tokens={known[index]} first={index === 0} />
          ))}
        </code>
      </pre>
    </figure>
  );
});

interface LineProps {
  text: string;
  tokens: Token[] | undefined;
  first: boolean;
}

/** A line in the colours that are known of it; what came since then is plain for a moment. */
const Line = memo(({ text, tokens, first }: LineProps) => {
  const coloured = tokens?.map(([piece]) => piece).join('') ?? '';
  const fits = tokens !== undefined && text.startsWith(coloured);
  return (
    <>
      {!first && '\n'}
      {fits
        ? tokens.map(([piece, name], index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no other identity
            <span key={index} className={name && `code-${name}`}>
              {piece}
            </span>
          ))
        : text}
      {fits && text.slice(coloured.length)}
    </>
  );
});
