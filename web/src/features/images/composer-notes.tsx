import { Link } from '@tanstack/react-router';
import { formatBytes } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { priceWords, type Shortage, shortageWords } from './quote';
import { fitted, type Unmet } from './settings';
import { qualityName } from './settings-fields';
import { pixelsOf } from './size-choice';
import type { Images } from './use-images';

interface ComposerNotesProps {
  images: Images;
  /** The button that had the focus is gone. */
  onRemoved: () => void;
}

/** What the chosen model leaves out of the wishes, and why the pictures cannot go along as they are. */
export function ComposerNotes({ images, onRemoved }: ComposerNotesProps) {
  const { unmet, editor, choose } = images;
  const hindrance = hindranceWords(images);
  const left = unmet.length > 0 ? unmetWords(images, unmet) : undefined;
  return (
    <>
      <p className="text-muted-foreground text-sm not-empty:px-2 not-empty:pb-1" role="status">
        {left}
      </p>
      {hindrance !== undefined && (
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1 px-2 pb-1 text-sm">
          <p className={images.hindrance === 'uploading' ? 'text-muted-foreground' : 'text-warning'} role="status">
            {hindrance}
          </p>
          {images.hindrance === 'gone' && (
            <Button
              className="pointer-coarse:h-11"
              onClick={() => {
                images.removeGone();
                onRemoved();
              }}
              size="small"
              type="button"
            >
              {i18n.t('Remove')}
            </Button>
          )}
          {editor && (
            <Button className="pointer-coarse:h-11" onClick={() => choose(editor)} size="small">
              {i18n.t('Use {name}', { name: editor.name })}
            </Button>
          )}
        </div>
      )}
      {images.shortage && <ShortageNote images={images} shortage={images.shortage} />}
    </>
  );
}

/** The plan has too few images left; one can have as many as there are. */
function ShortageNote({ images, shortage }: { images: Images; shortage: Shortage }) {
  const { model, settings, canCreateLess, createLess } = images;
  const { left } = shortage;
  const price = model && priceWords(model, fitted({ ...settings, count: left }, model));
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-1 px-2 pb-1 text-sm">
      <p className="text-warning" role="status">
        {shortageWords(shortage)}
      </p>
      {left > 0 && (
        <Button
          className="pointer-coarse:h-11"
          disabled={!canCreateLess}
          onClick={() => void createLess()}
          size="small"
          type="button"
        >
          {price === undefined ? i18n.t('Make {left}', { left }) : i18n.t('Make {left} · {price}', { left, price })}
        </Button>
      )}
      <Link className="text-foreground underline underline-offset-2" to="/settings/usage">
        {i18n.t('Plan and usage')}
      </Link>
    </div>
  );
}

const list = new Intl.ListFormat(undefined, { type: 'conjunction' });

function unmetWords({ model, settings }: Images, unmet: readonly Unmet[]): string | undefined {
  if (!model) {
    return undefined;
  }
  const { size, count, quality } = fitted(settings, model);
  const left: Partial<Record<Unmet, string>> = {
    negative: i18n.t('the negative prompt'),
    guidance: i18n.t('the guidance'),
    seed: i18n.t('the seed'),
    ...(quality === undefined && { quality: i18n.t('the quality') }),
  };
  const instead: Partial<Record<Unmet, string>> = {
    ...(size && { size: pixelsOf(size) }),
    ...(quality !== undefined && { quality: i18n.t('quality {quality}', { quality: qualityName(quality) }) }),
    count: i18n.t('{count, plural, one {# image} other {# images}}', { count }),
  };
  const named = (words: Partial<Record<Unmet, string>>) => list.format(unmet.flatMap((wish) => words[wish] ?? []));
  const [without, other] = [named(left), named(instead)];
  return [
    without !== '' &&
      i18n.t('{name} does without {without}. Your choice is kept for another model.', { name: model.name, without }),
    other !== '' && i18n.t('{name} makes {other} instead of what you chose.', { name: model.name, other }),
  ]
    .filter(Boolean)
    .join(' ');
}

function hindranceWords({ model, hindrance, list: attached, gone }: Images): string | undefined {
  const name = model?.name ?? '';
  switch (hindrance) {
    case 'blind':
      return i18n.t('{name} makes images from words only.', { name });
    case 'gone':
      return i18n.t(
        '{count, plural, one {The attached picture was deleted.} other {# of the attached pictures were deleted.}}',
        { count: attached.filter(({ file }) => file && gone.includes(file.id)).length },
      );
    case 'failed':
      return i18n.t('Remove the picture that could not be uploaded, or try it again.');
    case 'many':
      return i18n.t('{name} takes {most, plural, one {# picture} other {# pictures}} at most.', {
        name,
        most: model?.edit?.max_count ?? 0,
      });
    case 'large':
      return i18n.t('Together the pictures are larger than {most}, which is the most that {name} takes.', {
        name,
        most: formatBytes(model?.edit?.max_total_bytes ?? 0),
      });
    case 'uploading':
      return i18n.t('The pictures are on their way.');
    default:
      return undefined;
  }
}
