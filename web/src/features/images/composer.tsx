import { ImagePlus } from 'lucide-react';
import {
  type ClipboardEvent,
  type DragEvent,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from 'react';
import { AttachButton, type AttachHandle } from '@/shared/files/attach-button';
import { DropZone } from '@/shared/files/drop-zone';
import { cn } from '@/shared/lib/cn';
import { formatBytes } from '@/shared/lib/format';
import { useCommands } from '@/shared/lib/shortcuts';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { ComposerNotes } from './composer-notes';
import { dragged, isDragged } from './drag';
import { InputList } from './input-list';
import { LeftLine } from './left-line';
import { PresetRow, PresetWords } from './preset-row';
import { wordsOf } from './presets';
import { priceWords } from './quote';
import { fitted } from './settings';
import type { ImageFile, ImageModel } from './types';
import type { Images } from './use-images';

export interface ComposerHandle {
  focus: () => void;
}

interface ComposerProps {
  images: Images;
  /** Opens the settings where they do not stand beside. */
  settingsButton: ReactNode;
  /** The picture of the gallery with this id. */
  fileOf: (id: string) => ImageFile | undefined;
  ref: Ref<ComposerHandle>;
}

/** Where pictures are described. What is typed is kept until the server has it. */
export function Composer({ images, settingsButton, fileOf, ref }: ComposerProps) {
  const { draft, model, settings, setSettings, prompt, setPrompt, list, create, add } = images;
  const input = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<AttachHandle>(null);
  const [over, setOver] = useState(false);
  const focus = () => input.current?.focus({ preventScroll: true });
  useImperativeHandle(ref, () => ({ focus }));
  useEffect(() => {
    // On a phone the keyboard would come up and hide the gallery.
    if (matchMedia('(pointer: fine)').matches && !document.querySelector('[role="dialog"]')) {
      input.current?.focus({ preventScroll: true });
    }
  }, []);
  const group = i18n.t('Images');
  const ofInput = { group, local: true, hidden: true };
  useCommands([
    { id: 'images.input', label: i18n.t('Go to the input'), group, keys: '/', run: focus },
    { ...ofInput, id: 'images.create', label: i18n.t('Create'), keys: 'enter', run: () => void create() },
    { ...ofInput, id: 'images.line', label: i18n.t('New line'), keys: 'shift+enter', run: () => undefined },
    { id: 'images.add', label: i18n.t('Add pictures to change'), group, run: () => picker.current?.pick() },
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      void create();
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    // A table comes from an office program as text and as its picture: the text is meant.
    if (event.clipboardData.files.length > 0 && event.clipboardData.getData('text/plain') === '') {
      event.preventDefault();
      add([...event.clipboardData.files]);
    }
  };
  const onDrop = (event: DragEvent) => {
    const file = fileOf(dragged(event.dataTransfer) ?? '');
    setOver(false);
    if (file) {
      event.preventDefault();
      images.edit(file);
      focus();
    }
  };
  const count = model ? fitted(settings, model).count : settings.count;
  const price = model && priceWords(model, fitted(settings, model));

  return (
    // biome-ignore lint/a11y/noNoninteractiveElementInteractions: a picture of the gallery is dropped here; its menu does the same by keyboard
    <form
      className={cn(
        'rounded-xl border border-input bg-background p-2 shadow-xs has-[textarea:focus-visible]:border-ring',
        over && 'border-primary bg-primary/5',
      )}
      onDragLeave={() => setOver(false)}
      onDragOver={(event) => {
        if (isDragged(event.dataTransfer)) {
          event.preventDefault();
          setOver(true);
        }
      }}
      onDrop={onDrop}
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <DropZone label={i18n.t('Drop pictures to change them')} onFiles={add} />
      {list.length > 0 && <InputList draft={draft} gone={images.gone} list={list} onEmpty={focus} />}
      {/* The copy of the text behind the input makes the form as high as the text needs. */}
      <div
        className="wrap-anywhere grid max-h-[30dvh] min-w-0 overflow-y-auto whitespace-pre-wrap text-base leading-6 after:invisible after:px-2 after:py-1.5 after:content-[attr(data-text)_'_'] after:[grid-area:1/1] md:min-h-15"
        data-text={prompt}
      >
        <textarea
          aria-label={i18n.t('What the picture shows')}
          className="resize-none overflow-hidden bg-transparent px-2 py-1.5 outline-none [grid-area:1/1] placeholder:text-muted-foreground"
          dir="auto"
          maxLength={model && roomFor(model, settings.presets)}
          onChange={({ target }) => setPrompt(target.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          placeholder={
            list.length > 0 ? i18n.t('What is to change in the picture?') : i18n.t('Describe the picture you want')
          }
          ref={input}
          rows={1}
          value={prompt}
        />
      </div>
      <PresetWords chosen={settings.presets} />
      <ComposerNotes images={images} onRemoved={focus} />
      <PresetRow chosen={settings.presets} onChange={(presets) => setSettings({ ...settings, presets })} />
      <div className="flex items-center gap-1">
        <AttachButton
          accept={model?.edit?.types.join(',') ?? 'image/*'}
          icon={<ImagePlus aria-hidden={true} />}
          label={attachLabel(images)}
          onFiles={add}
          ref={picker}
        />
        {settingsButton}
        <div className="ms-auto flex min-w-0 items-center gap-2 sm:gap-3">
          <LeftLine model={model} settings={settings} />
          <Button
            busy={images.sending}
            className="shrink-0 gap-1.5 max-sm:px-3"
            disabled={!images.canCreate}
            type="submit"
            variant="primary"
          >
            {/* One run of words, also where one reads from right to left. */}
            <bdi>
              {i18n.t('{count, plural, one {Create # image} other {Create # images}}', { count })}
              {price !== undefined && (
                <span className="font-normal max-sm:hidden"> {i18n.t('· {price}', { price })}</span>
              )}
            </bdi>
          </Button>
        </div>
      </div>
    </form>
  );
}

/** How long the prompt can be beside what the styles add to it. */
function roomFor({ max_prompt_characters: most }: ImageModel, presets: readonly string[]): number {
  const words = wordsOf(presets);
  return words === '' ? most : most - words.length - 2;
}

/** What can be added, said before anything is uploaded. */
function attachLabel({ model }: Images): string {
  const edit = model?.edit;
  if (!edit) {
    return i18n.t('Add pictures to change');
  }
  return i18n.t('Add pictures to change: up to {count}, {types}, {bytes} each', {
    count: edit.max_count,
    types: edit.types.map((type) => type.replace('image/', '').toUpperCase()).join(', '),
    bytes: formatBytes(edit.max_bytes),
  });
}
