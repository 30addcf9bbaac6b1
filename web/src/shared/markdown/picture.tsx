import './picture.css';
import { ExternalLink, ImageIcon } from 'lucide-react';
import { createContext, type ReactNode, use, useRef, useState } from 'react';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';

/** A picture inside a link is a part of its text: what can be clicked holds nothing else that can. */
export const InLink = createContext(false);

interface PictureProps {
  src: string;
  alt: string;
}

/**
 * An answer must not make the browser call anybody, so a picture from
 * elsewhere is the place for one until somebody asks for it.
 */
export function Picture({ src, alt }: PictureProps): ReactNode {
  const inLink = use(InLink);
  if (src.startsWith('data:image/')) {
    // biome-ignore lint/correctness/useImageSize: nobody knows the size, and nothing has to be fetched
    return <img src={src} alt={alt} />;
  }
  const url = URL.parse(src);
  if (!url || inLink || !['https:', 'http:'].includes(url.protocol)) {
    return alt;
  }
  return <RemotePicture alt={alt} host={url.host} key={src} src={src} />;
}

type State = 'closed' | 'loading' | 'failed' | { width: number; height: number };

function RemotePicture({ src, alt, host }: PictureProps & { host: string }) {
  const [state, setState] = useState<State>('closed');
  const size = typeof state === 'object' ? state : undefined;
  const name = alt || i18n.t('Picture');
  return (
    <span className="markdown-picture" data-shown={size !== undefined || undefined}>
      {(state === 'loading' || size) && (
        <Frame
          alt={alt}
          host={host}
          onError={() => setState('failed')}
          onLoad={(width, height) => setState({ width, height })}
          size={size}
          src={src}
        />
      )}
      <span className="markdown-picture-line">
        <ImageIcon aria-hidden={true} />
        <span className="markdown-picture-name" dir="auto">
          {name} <span>{state === 'failed' ? i18n.t('{host} did not give this picture', { host }) : host}</span>
        </span>
        {!size && (
          <Button
            aria-label={i18n.t('Show picture: {name}', { name })}
            busy={state === 'loading'}
            onClick={() => setState('loading')}
            size="small"
          >
            {state === 'failed' ? i18n.t('Try again') : i18n.t('Show picture')}
          </Button>
        )}
        <a
          aria-label={i18n.t('Open the picture in a new tab: {name}', { name })}
          href={src}
          rel="noopener noreferrer"
          target="_blank"
        >
          <ExternalLink aria-hidden={true} />
        </a>
      </span>
    </span>
  );
}

interface FrameProps extends PictureProps {
  host: string;
  /** Its own size, once it is known. */
  size: { width: number; height: number } | undefined;
  onLoad: (width: number, height: number) => void;
  onError: () => void;
}

/** What public/picture.js reads. */
type PictureFrame = HTMLIFrameElement & { picture?: PictureProps & Pick<FrameProps, 'onLoad' | 'onError'> };

/**
 * The page's own policy lets in no picture from elsewhere, and that stays so:
 * the picture is in a document of its own, which has one that does.
 */
function Frame({ src, alt, host, size, onLoad, onError }: FrameProps) {
  const told = useRef(false);
  return (
    // biome-ignore lint/security/useIframeSandbox: a document of our own, which needs its scripts and its origin
    <iframe
      className={size ? 'markdown-picture-frame' : 'sr-only'}
      ref={(frame: PictureFrame | null) => {
        if (frame && !told.current) {
          told.current = true;
          frame.picture = { src, alt, onLoad, onError };
        }
      }}
      src="/picture"
      // biome-ignore lint/style/noInlineStyles: only the picture knows its size
      style={size && { maxWidth: `min(100%, ${size.width}px)`, aspectRatio: `${size.width} / ${size.height}` }}
      title={i18n.t('{name} from {host}', { name: alt || i18n.t('Picture'), host })}
    />
  );
}
