import type { SubmitEvent } from 'react';
import { asProblem } from '@/shared/api/problem';
import type { User } from '@/shared/api/types';
import { useDraft } from '@/shared/lib/drafts';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Field } from '@/shared/ui/field';
import { Input } from '@/shared/ui/input';
import { toast } from '@/shared/ui/toast';
import { useRename } from './rename';

const longestName = 200;

export function NameForm({ user }: { user: User }) {
  const [name, setName] = useDraft(`${user.id}.full-name`, user.full_name);
  const rename = useRename();
  const better = name.trim();
  const changed = better !== user.full_name && better !== '';
  const problem = rename.isError ? asProblem(rename.error) : undefined;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (changed) {
      rename.mutate(better, {
        onSuccess: () => {
          setName(better);
          toast({ title: i18n.t('Name saved') });
        },
      });
    }
  };
  return (
    <form className="max-w-md" onSubmit={submit}>
      <Field error={problem?.fields.full_name ?? problem?.message} label={i18n.t('Name')}>
        <div className="flex gap-2">
          <Input
            autoComplete="name"
            dir="auto"
            maxLength={longestName}
            onChange={(event) => {
              rename.reset();
              setName(event.target.value);
            }}
            value={name}
          />
          <Button disabled={!changed} type="submit">
            {i18n.t('Save')}
          </Button>
        </div>
      </Field>
    </form>
  );
}
