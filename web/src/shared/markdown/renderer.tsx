import './markdown.css';
import { useEffect, useMemo, useState } from 'react';
import { defaultRehypePlugins, type PluginConfig, Streamdown } from 'streamdown';
import { blocksOf } from './blocks';
import { components } from './components';
import { hasMath, withDollars } from './formulas';

/**
 * Without rehype-raw, HTML in an answer is shown as the text that it is; the
 * rest is sanitised as if it were not.
 */
const { sanitize, harden } = defaultRehypePlugins;
const rehypePlugins = [sanitize, harden].filter((plugin) => plugin !== undefined);

const noLinkDialog = { enabled: false };

interface RendererProps {
  children: string;
}

/**
 * One component and one mode from the first token to the last: the end of an
 * answer changes nothing on the screen and renders nothing again. Each block is parsed on its own:
 * only the last one costs anything while text comes.
 */
export function Renderer({ children }: RendererProps) {
  const text = useMemo(() => withDollars(children), [children]);
  const plugins = useFormulas(hasMath(text));
  return (
    <Streamdown
      className="markdown"
      components={components}
      controls={false}
      dir="auto"
      linkSafety={noLinkDialog}
      mode="streaming"
      parseMarkdownIntoBlocksFn={blocksOf}
      {...(plugins && { plugins })}
      rehypePlugins={rehypePlugins}
    >
      {text}
    </Streamdown>
  );
}

/** KaTeX is large; it comes with the first formula. */
function useFormulas(wanted: boolean): PluginConfig | undefined {
  const [plugins, setPlugins] = useState<PluginConfig>();
  useEffect(() => {
    if (!wanted) {
      return;
    }
    let gone = false;
    import('./katex').then(
      ({ math }) => {
        if (!gone) {
          setPlugins({ math });
        }
      },
      () => undefined, // formulas stay readable as TeX
    );
    return () => {
      gone = true;
    };
  }, [wanted]);
  return plugins;
}
