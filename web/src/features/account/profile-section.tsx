import type { SubmitEvent } from 'react';
import { asProblem } from '@/shared/api/problem';
import { useUser } from '@/shared/api/session';
import { useDraft } from '@/shared/lib/drafts';
import { i18n } from '@/shared/lib/text';
import { Badge } from '@/shared/ui/badge';
import { Button } from '@/shared/ui/button';
import { Field } from '@/shared/ui/field';
import { Input } from '@/shared/ui/input';
import { toast } from '@/shared/ui/toast';
import { useRename } from './api';
import { Section } from './section';

export function ProfileSection() {
  const user = useUser();
  const [name, setName] = useDraft(`${user.id}.full-name`, user.full_name);
  const rename = useRename();
  const changed = name.trim() !== user.full_name && name.trim() !== '';
  const error = rename.isError
    ? (asProblem(rename.error).fields.full_name ?? asProblem(rename.error).message)
    : undefined;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (changed) {
      rename.mutate(name.trim(), { onSuccess: () => toast({ title: i18n.t('Name saved') }) });
    }
  };
  return (
    <Section title={i18n.t('Profile')}>
      <form className="flex max-w-md flex-col gap-4" onSubmit={submit}>
        <Field error={error} label={i18n.t('Name')}>
          <Input
            autoComplete="name"
            maxLength={200}
            onChange={(event) => {
              rename.reset();
              setName(event.target.value);
            }}
            value={name}
          />
        </Field>
        <dl className="flex flex-col gap-1.5">
          <dt className="font-medium">{i18n.t('E-mail')}</dt>
          <dd className="flex flex-wrap items-center gap-2 text-muted-foreground">
            <span className="break-all">{user.email}</span>
            {user.is_admin && <Badge>{i18n.t('Administrator')}</Badge>}
          </dd>
        </dl>
        <Button busy={rename.isPending} className="self-start" disabled={!changed} type="submit" variant="primary">
          {i18n.t('Save the name')}
        </Button>
      </form>
    </Section>
  );
}
