import { type SyntheticEvent, useState } from 'react';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Dialog, DialogClose } from '@/shared/ui/dialog';
import { Input } from '@/shared/ui/input';
import { longestTitle, useRename } from './rename-conversation';

interface RenameDialogProps {
  conversation: { id: string; title: string };
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** Another title for the conversation that is open. Loaded when it is first asked for. */
export function RenameDialog({ conversation, open, onOpenChange }: RenameDialogProps) {
  const { id, title } = conversation;
  const [text, setText] = useState(title);
  const { mutate } = useRename();
  const better = text.trim();
  const save = (event: SyntheticEvent) => {
    event.preventDefault();
    if (better !== '' && better !== title) {
      mutate({ id, title: better });
    }
    onOpenChange(false);
  };
  return (
    <Dialog onOpenChange={onOpenChange} open={open} title={i18n.t('Rename the conversation')}>
      <form className="flex flex-col gap-4" onSubmit={save}>
        <Input
          aria-label={i18n.t('Title of the conversation')}
          autoFocus={true}
          dir="auto"
          maxLength={longestTitle}
          onChange={(event) => setText(event.target.value)}
          onFocus={(event) => event.target.select()}
          value={text}
        />
        <div className="flex justify-end gap-2">
          <DialogClose render={<Button />}>{i18n.t('Cancel')}</DialogClose>
          <Button disabled={better === ''} type="submit" variant="primary">
            {i18n.t('Rename')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
