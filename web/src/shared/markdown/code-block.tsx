import { WrapText } from 'lucide-react';
import { memo } from 'react';
import { remembered, useChoice } from '@/shared/lib/choice';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { CopyButton } from '@/shared/ui/copy-button';
import { useHighlighting } from './highlighter';
import type { Token } from './highlighting';

/** Whether long lines of code are broken or scroll, in all blocks. */
const longLines = remembered('code-lines', ['scroll', 'wrap']);

interface CodeBlockProps {
  code: string;
  /** As it stands after the fence; may be empty or unknown. */
  language: string;
}

export const CodeBlock = memo(({ code, language }: CodeBlockProps) => {
  const known = useHighlighting(code, language);
  const wrap = useChoice(longLines) === 'wrap';
  const wrapLabel = i18n.t('Wrap long lines');
  return (
    <figure className="markdown-code" data-wrap={wrap || undefined} dir="ltr">
      <figcaption>
        <span>{language || i18n.t('text')}</span>
        <span>
          <Button
            aria-label={wrapLabel}
            aria-pressed={wrap}
            className="aria-pressed:text-foreground"
            onClick={() => longLines.choose(wrap ? 'scroll' : 'wrap')}
            size="icon-small"
            title={wrapLabel}
            variant="ghost"
          >
            <WrapText aria-hidden={true} />
          </Button>
          <CopyButton label={i18n.t('Copy code')} text={() => code} />
        </span>
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
