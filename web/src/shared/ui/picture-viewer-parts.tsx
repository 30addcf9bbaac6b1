import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { ChevronLeft, ChevronRight, RotateCw, Undo2, X } from 'lucide-react';
import {
  type KeyboardEvent,
  type RefObject,
  type TouchEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { addressOf, thumbnailOf } from '@/shared/files/attachment';
import { useStoredPicture } from '@/shared/files/stored-picture';
import { cn } from '@/shared/lib/cn';
import { undoDelete, useLastDeletion } from '@/shared/lib/delete-later';
import { i18n } from '@/shared/lib/text';
import { Button } from './button';
import { backdropStyle } from './dialog';
import type { PictureViewerProps, ViewedPicture } from './picture-viewer';

/** How far a finger moves to turn to the next picture, in pixels. */
const swipe = 48;

/** So long after the last turn one looks at a picture, and its neighbours are fetched. In milliseconds. */
const rest = 400;
/** While a key is held down, turns come faster than this. */
const hurry = 150;

/** Loaded when a picture is first opened. */
export function PictureViewer({ pictures, shown, onShow, title, children, actions }: PictureViewerProps) {
  const at = pictures.findIndex(({ id }) => id === shown);
  const picture = pictures[at];
  const last = useRef(picture);
  const heading = useRef<HTMLHeadingElement>(null);
  const touch = useRef<{ x: number; y: number }>(undefined);
  const [hurried, setHurried] = useState(false);
  const before = pictures[at - 1]?.id;
  const after = picture && pictures[at + 1]?.id;
  useEffect(() => {
    last.current = picture ?? last.current;
  }, [picture]);
  useEffect(() => {
    const timer =
      shown === undefined
        ? undefined
        : setTimeout(() => {
            for (const near of [after, before]) {
              if (near !== undefined) {
                new Image().src = addressOf(near);
              }
            }
          }, rest);
    return () => clearTimeout(timer);
  }, [shown, before, after]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each turn begins the wait anew
  useEffect(() => {
    const timer = hurried ? setTimeout(() => setHurried(false), hurry) : undefined;
    return () => clearTimeout(timer);
  }, [hurried, shown]);
  const turn = (step: number) => {
    const next = pictures[at + step];
    if (next) {
      onShow(next.id);
    }
  };
  const deletion = useLastDeletion();
  const undo =
    shown === undefined || deletion === undefined || deletion.kind === 'conversations'
      ? undefined
      : () => {
          undoDelete(deletion.id);
          if (deletion.kind === 'files') {
            onShow(deletion.id);
          }
        };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1 };
    const step = steps[event.key as keyof typeof steps];
    const plain = !(event.altKey || event.ctrlKey || event.metaKey || event.shiftKey);
    const typing = event.target instanceof Element && event.target.matches('input, textarea, [role=menuitem]');
    if (undo && (event.ctrlKey || event.metaKey) && event.key === 'z' && !typing) {
      event.preventDefault();
      undo();
    }
    if (step !== undefined && plain && !typing) {
      event.preventDefault();
      setHurried(event.repeat);
      turn(step * directionOf(event.currentTarget));
    }
  };
  const onTouchEnd = (event: TouchEvent<HTMLElement>) => {
    const [end] = Array.from(event.changedTouches);
    const begin = touch.current;
    if (!(end && begin)) {
      return;
    }
    const [x, y] = [end.clientX - begin.x, end.clientY - begin.y];
    if (Math.abs(x) > swipe && Math.abs(x) > 2 * Math.abs(y)) {
      turn((x < 0 ? 1 : -1) * directionOf(event.currentTarget));
    }
  };
  return (
    <BaseDialog.Root onOpenChange={(open) => !open && onShow(undefined)} open={shown !== undefined}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className={cn(backdropStyle, 'bg-black/60 dark:bg-black/80')} />
        <BaseDialog.Popup
          className="picture-viewer fixed inset-0 z-50 flex flex-col bg-background text-foreground outline-none transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0 md:inset-4 md:flex-row md:overflow-hidden md:rounded-xl md:border md:shadow-xl"
          finalFocus={() => tileOf(last.current?.id) ?? true}
          initialFocus={heading}
          onKeyDown={onKeyDown}
        >
          <div
            className="relative min-h-0 flex-1 bg-sidebar"
            onTouchEnd={onTouchEnd}
            onTouchStart={({ touches }) => {
              // With two fingers one looks closer.
              touch.current =
                touches.length === 1 && touches[0] ? { x: touches[0].clientX, y: touches[0].clientY } : undefined;
            }}
          >
            {picture && <Stage hurried={hurried} key={picture.id} picture={picture} />}
            {pictures.length > 1 && (
              <>
                <Turn disabled={at <= 0} kind="back" onTurn={() => turn(-1)} />
                <Turn disabled={at < 0 || at === pictures.length - 1} kind="on" onTurn={() => turn(1)} />
              </>
            )}
          </div>
          <div className="flex max-h-[50dvh] shrink-0 flex-col border-t md:max-h-none md:w-80 md:border-s md:border-t-0">
            <div className="flex h-13 shrink-0 items-center gap-2 ps-4 pe-14">
              <BaseDialog.Title
                className="min-w-0 flex-1 truncate font-semibold text-base outline-none"
                ref={heading}
                tabIndex={-1}
              >
                {title}
              </BaseDialog.Title>
              {pictures.length > 1 && at >= 0 && (
                <p className="shrink-0 text-muted-foreground text-xs tabular-nums" role="status">
                  <span aria-hidden={true}>{i18n.t('{at} / {all}', { at: at + 1, all: pictures.length })}</span>
                  <span className="sr-only">
                    {i18n.t('Picture {at} of {all}', { at: at + 1, all: pictures.length })}
                  </span>
                </p>
              )}
            </div>
            <div className="flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto overscroll-contain px-4 pb-[max(1rem,env(safe-area-inset-bottom))]">
              {(actions !== undefined || undo) && (
                <div className="flex flex-wrap gap-2">
                  {actions}
                  {undo && <Undo onUndo={undo} returnTo={heading} />}
                </div>
              )}
              {children}
            </div>
          </div>
          <BaseDialog.Close
            aria-label={i18n.t('Close')}
            className="absolute end-2 top-2 bg-background/80 md:bg-transparent"
            render={<Button size="icon" variant="ghost" />}
          >
            <X aria-hidden={true} />
          </BaseDialog.Close>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

interface StageProps {
  picture: ViewedPicture;
  /** It is only passed by: the small picture does. */
  hurried: boolean;
}

/** The small picture, which is there already, until the large one is. */
function Stage({ picture: { id, alt, width, height }, hurried }: StageProps) {
  const address = addressOf(id);
  const { state, key, onLoad, onError, again } = useStoredPicture(address);
  const fill = 'absolute inset-0 size-full object-contain';
  if (state !== 'loading' && state !== 'there') {
    return (
      <div
        className="absolute inset-0 m-auto flex h-fit max-w-96 flex-col items-center gap-3 p-6 text-center text-muted-foreground"
        role="alert"
      >
        <p>{notThere[state]()}</p>
        {state === 'away' && (
          <Button onClick={again} size="small">
            <RotateCw aria-hidden={true} />
            {i18n.t('Try again')}
          </Button>
        )}
      </div>
    );
  }
  return (
    <div
      className="absolute inset-0 m-auto md:inset-2"
      // biome-ignore lint/style/noInlineStyles: it is never larger than it is
      style={{ maxWidth: `${width}px`, maxHeight: `${height}px` }}
    >
      {state === 'loading' && <img alt="" className={fill} height={height} src={thumbnailOf(id)} width={width} />}
      {/* biome-ignore lint/a11y/noNoninteractiveElementInteractions: that it has come, or cannot, is nothing that a person does */}
      <img
        alt={alt}
        className={fill}
        height={height}
        key={key}
        onError={onError}
        onLoad={onLoad}
        src={hurried && state === 'loading' ? undefined : address}
        width={width}
      />
    </div>
  );
}

const notThere = {
  away: () => i18n.t('The picture did not come. It is tried again by itself.'),
  gone: () => i18n.t('The picture is not there any more. It was deleted.'),
  broken: () => i18n.t('The picture cannot be shown.'),
};

interface UndoProps {
  onUndo: () => void;
  /** Where the focus goes when this does. */
  returnTo: RefObject<HTMLElement | null>;
}

/** Takes the last deletion back, for as long as that can be done: the toast is out of the keyboard's reach here. */
function Undo({ onUndo, returnTo }: UndoProps) {
  const ref = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const button = ref.current;
    const next = returnTo.current;
    return () => {
      if (document.activeElement === button) {
        next?.focus();
      }
    };
  }, [returnTo]);
  return (
    <Button aria-keyshortcuts="Control+Z Meta+Z" onClick={onUndo} ref={ref} size="small">
      <Undo2 aria-hidden={true} />
      {i18n.t('Undo the deletion')}
    </Button>
  );
}

function Turn({ kind, disabled, onTurn }: { kind: 'back' | 'on'; disabled: boolean; onTurn: () => void }) {
  return (
    <Button
      aria-label={kind === 'back' ? i18n.t('Previous picture') : i18n.t('Next picture')}
      className={cn(
        'absolute top-1/2 -translate-y-1/2 rounded-full bg-background/80',
        kind === 'back' ? 'start-2' : 'end-2',
      )}
      disabled={disabled}
      focusableWhenDisabled={true}
      onClick={onTurn}
      size="icon"
    >
      {kind === 'back' ? (
        <ChevronLeft aria-hidden={true} className="rtl:-scale-x-100" />
      ) : (
        <ChevronRight aria-hidden={true} className="rtl:-scale-x-100" />
      )}
    </Button>
  );
}

/** 1 where one reads from left to right, -1 from right to left. */
function directionOf(element: Element): number {
  return getComputedStyle(element).direction === 'rtl' ? -1 : 1;
}

/** Where the picture was opened; the control has its id in `data-picture`. */
function tileOf(id: string | undefined): HTMLElement | null {
  return id === undefined ? null : document.querySelector<HTMLElement>(`[data-picture="${CSS.escape(id)}"]`);
}
