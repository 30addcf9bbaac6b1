import { type SubmitEvent, useId, useState } from 'react';
import { asProblem } from '@/shared/api/problem';
import { declined } from '@/shared/confirm/confirm';
import { useDraft } from '@/shared/lib/drafts';
import { formatDay } from '@/shared/lib/format';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { DialogClose } from '@/shared/ui/dialog';
import { Field } from '@/shared/ui/field';
import { Input } from '@/shared/ui/input';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { Select } from '@/shared/ui/select';
import { dayInput, type Expiry, expiresAt, expiries, expiryName } from './expiry';
import { ScopeChoice } from './scope-choice';
import type { Scope } from './types';

interface KeyFormProps {
  busy: boolean;
  error: Error | null;
  /** Where the name is kept while it is typed. */
  draft: string;
  onChange: () => void;
  onSubmit: (wanted: { name: string; scopes: Scope[]; expires_at?: string }) => void;
}

const longestName = 100;

export function KeyForm({ busy, error, draft, onChange, onSubmit }: KeyFormProps) {
  const [name, setName] = useDraft(draft);
  const [scopes, setScopes] = useState<Scope[]>(['generate']);
  const [expiry, setExpiry] = useState<Expiry>('90');
  const [day, setDay] = useState('');
  const [checked, setChecked] = useState(false); // what is missing is said after the first try
  const dayId = useId();

  const end = expiresAt(expiry, day);
  const problem = error === null || declined(error) ? undefined : asProblem(error);
  const fields = problem?.fields ?? {};
  const missing = {
    name: checked && name.trim() === '' ? i18n.t('Give it a name, such as what will use it.') : undefined,
    scopes: checked && scopes.length === 0 ? i18n.t('Choose at least one.') : undefined,
    day: checked && end === undefined ? i18n.t('Choose a day that is to come.') : undefined,
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setChecked(true);
    const wrong = [
      name.trim() === '' && '[name="name"]',
      scopes.length === 0 && '[type="checkbox"]',
      end === undefined && '[type="date"]',
    ].find((selector) => selector !== false);
    if (wrong !== undefined || end === undefined) {
      event.currentTarget.querySelector<HTMLInputElement>(wrong ?? 'input')?.focus();
      return;
    }
    onSubmit({ name: name.trim(), scopes, ...(end !== null && { expires_at: end.toISOString() }) });
  };

  return (
    <form className="flex flex-col gap-5" noValidate={true} onChange={onChange} onSubmit={submit}>
      {problem !== undefined && Object.keys(fields).length === 0 && <ProblemNotice error={problem} />}
      <Field error={missing.name ?? fields.name} label={i18n.t('Name')}>
        <Input
          autoComplete="off"
          dir="auto"
          maxLength={longestName}
          name="name"
          onChange={(event) => setName(event.target.value)}
          placeholder={i18n.t('My editor')}
          value={name}
        />
      </Field>
      <ScopeChoice chosen={scopes} error={missing.scopes ?? fields.scopes} onChange={setScopes} />
      <div className="flex flex-col gap-1.5">
        <span aria-hidden={true} className="font-medium">
          {i18n.t('Expires')}
        </span>
        <div className="grid grid-cols-2 gap-2">
          <Select
            label={i18n.t('Expires')}
            onChange={setExpiry}
            options={expiries.map((value) => ({ value, label: expiryName(value) }))}
            value={expiry}
          />
          {expiry === 'date' && (
            <Input
              aria-describedby={dayId}
              aria-invalid={missing.day !== undefined}
              aria-label={i18n.t('Last day')}
              min={dayInput(new Date())}
              onChange={(event) => setDay(event.target.value)}
              type="date"
              value={day}
            />
          )}
        </div>
        <p className={missing.day === undefined ? 'text-muted-foreground' : 'text-destructive'} id={dayId}>
          {missing.day ?? fields.expires_at ?? until(end)}
        </p>
      </div>
      <div className="flex flex-wrap justify-end gap-2">
        <DialogClose render={<Button />}>{i18n.t('Cancel')}</DialogClose>
        <Button busy={busy} type="submit" variant="primary">
          {i18n.t('Create the key')}
        </Button>
      </div>
    </form>
  );
}

function until(end: Date | null | undefined): string {
  if (end === null) {
    return i18n.t('It works until you revoke it.');
  }
  return end === undefined
    ? i18n.t('It works to the end of that day.')
    : i18n.t('It works until {day}.', { day: formatDay(end) });
}
