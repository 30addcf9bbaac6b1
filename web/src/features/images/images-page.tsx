import './images.css';
import { SlidersHorizontal } from 'lucide-react';
import { useRef, useState } from 'react';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { PictureViewer } from '@/shared/ui/picture-viewer';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { Skeleton } from '@/shared/ui/skeleton';
import { TopBar } from '@/shared/ui/top-bar';
import { nextTo } from './after-delete';
import { askWords } from './ask';
import { Composer, type ComposerHandle } from './composer';
import { useDeleting } from './deleting';
import { DemoNote } from './demo-note';
import { useEnds } from './ends';
import { Gallery } from './gallery';
import { editor } from './inputs';
import { ModelPicker } from './model-picker';
import { NotHere } from './not-here';
import { PictureButtons, type PictureDoing } from './picture-actions';
import { Provenance } from './provenance';
import { Refusal } from './refusal';
import { focusAfter, useReveal } from './reveal';
import { SettingsDrawer } from './settings-drawer';
import { SettingsFields } from './settings-fields';
import type { ImageRequest } from './types';
import { useGallery } from './use-gallery';
import { useImages } from './use-images';
import { again, varied } from './variations';

interface ImagesPageProps {
  /** The picture that is open over the page, by its file's id. */
  shown: string | undefined;
  onShow: (fileId: string | undefined) => void;
}

/** Where pictures are made, and all that were made. */
export function ImagesPage({ shown, onShow }: ImagesPageProps) {
  const images = useImages();
  const { models, model, settings, setSettings } = images;
  const gallery = useGallery(shown);
  const { deletePicture, deleteJob } = useDeleting();
  const composer = useRef<ComposerHandle>(null);
  const [drawer, setDrawer] = useState(false);
  const ended = useEnds(gallery.known);
  const list = useRef<HTMLElement>(null);
  useReveal(list, gallery.pending);
  const open = gallery.made.find(({ file }) => file.id === shown);
  const toComposer = () => {
    onShow(undefined);
    // After the viewer, which gives the focus back to where it was opened.
    setTimeout(() => composer.current?.focus(), focusAfter);
  };
  const pictures = gallery.made.map(({ file }) => file.id);
  /** The focus goes on from what is deleted, unless it is elsewhere already. */
  const focusNext = (next: string) =>
    setTimeout(() => {
      if (document.activeElement === document.body) {
        (list.current?.querySelector<HTMLElement>(next) ?? composer.current)?.focus();
      }
    }, focusAfter);
  /** Makes what was asked for elsewhere than in the composer, where a refusal shows. */
  const make = async (request: ImageRequest) => {
    if (!(await images.make(request))) {
      composer.current?.focus();
    }
  };
  const known = (id: string) => models?.find((each) => each.id === id && each.available);
  const doing: PictureDoing = {
    onReuse: (job, file) => {
      images.reuse(job, file);
      toComposer();
    },
    onVary: (job, file) => {
      const request = varied(job, file, known(job.model));
      if (request) {
        onShow(undefined);
        void make(request);
      }
    },
    asks: (job, count) => {
      const of = known(job.model);
      return of && askWords(again(job, count), of);
    },
    onEdit:
      models && editor(models, model)
        ? (file) => {
            images.edit(file);
            toComposer();
          }
        : undefined,
    onDelete: (job, file) => {
      const next = nextTo(pictures, file.id);
      if (shown === file.id) {
        onShow(next);
      }
      if (shown === undefined || next === undefined) {
        focusNext(`[data-picture="${next}"]`);
      }
      deletePicture(job, file, gallery.deleted);
    },
  };
  const fields = model && <SettingsFields model={model} onChange={setSettings} settings={settings} />;
  const label = i18n.t('Settings');

  return (
    <>
      <TopBar title={i18n.t('Images')}>
        <ModelPicker model={model} models={models} onChoose={images.choose} />
      </TopBar>
      <p className="sr-only" role="status">
        <span key={ended.number}>{ended.words}</span>
      </p>
      <div className="flex min-h-0 flex-1">
        <div className="flex min-w-0 flex-1 flex-col-reverse md:flex-col">
          <div className="mx-auto w-full max-w-5xl shrink-0 px-2 pb-[max(0.5rem,env(safe-area-inset-bottom))] md:px-4 md:pt-1 md:pb-2">
            {images.modelsError !== null && (
              <ProblemNotice className="mb-3" error={images.modelsError} onRetry={images.reloadModels} />
            )}
            {images.refusal && (
              <Refusal onClose={images.closeRefusal} onRetry={images.retry} problem={images.refusal} />
            )}
            <Composer
              fileOf={(id) => gallery.made.find(({ file }) => file.id === id)?.file}
              images={images}
              ref={composer}
              settingsButton={
                <Button
                  aria-label={label}
                  className="text-muted-foreground xl:hidden"
                  onClick={() => setDrawer(true)}
                  size="icon"
                  title={label}
                  variant="ghost"
                >
                  <SlidersHorizontal aria-hidden={true} />
                </Button>
              }
            />
            <DemoNote models={models} />
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section aria-label={i18n.t('Images')} className="min-h-0 flex-1 overflow-y-auto" ref={list} tabIndex={0}>
            <div className="mx-auto w-full max-w-5xl px-2 pb-8 md:px-4">
              {shown !== undefined && !(gallery.isThere || gallery.isError) && (
                <NotHere looking={gallery.looking} onClose={() => onShow(undefined)} />
              )}
              <Gallery
                deleted={gallery.deleted}
                doing={doing}
                jobs={gallery.jobs}
                known={gallery.known}
                models={models}
                onAgain={(job, count) => void make(again(job, count))}
                onDelete={(job) => {
                  focusNext(
                    `[data-job="${nextTo(
                      (gallery.jobs ?? []).map(({ id }) => id),
                      job.id,
                    )}"]`,
                  );
                  deleteJob(job);
                }}
                onExample={(prompt, presets) => {
                  images.example(prompt, presets);
                  composer.current?.focus();
                }}
                onOpen={onShow}
              />
            </div>
          </section>
        </div>
        {/* Its place stands until the models are here. */}
        {(fields !== undefined || models === undefined) && (
          <aside aria-label={label} className="hidden w-76 shrink-0 overflow-y-auto border-s p-4 xl:block">
            {fields ?? <SettingsSkeleton />}
          </aside>
        )}
      </div>
      <SettingsDrawer onOpenChange={setDrawer} open={drawer}>
        {fields}
      </SettingsDrawer>
      <PictureViewer
        actions={open && <PictureButtons doing={doing} file={open.file} job={open.job} />}
        onShow={onShow}
        pictures={gallery.pictures}
        shown={gallery.isThere ? shown : undefined}
        title={i18n.t('Picture')}
      >
        {open && <Provenance file={open.file} job={open.job} model={models?.find(({ id }) => id === open.job.model)} />}
      </PictureViewer>
    </>
  );
}

function SettingsSkeleton() {
  return (
    <div className="flex flex-col gap-5">
      <Skeleton className="h-44" />
      <Skeleton className="h-14" />
      <Skeleton className="h-14" />
    </div>
  );
}
