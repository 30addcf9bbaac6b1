import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '@/shared/api/client';
import { authOptionsQuery } from '@/shared/api/session';
import { drafts } from '@/shared/lib/drafts';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Field } from '@/shared/ui/field';
import { Input } from '@/shared/ui/input';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { AuthFrame } from './auth-frame';
import { AuthLink } from './auth-link';
import { email } from './checks';
import { carrying, type FromSearch } from './from';
import { rememberReturn } from './return-draft';
import { SubmitButton } from './submit-button';
import { useAuthForm } from './use-auth-form';
import { formatWait, secondsFromNow, useCountdown } from './use-countdown';
import { emailDraft } from './use-sign-in';

/** Where somebody comes who does not know their password any more. */
export function ForgotPage({ from }: FromSearch) {
  const { data: options } = useQuery(authOptionsQuery);
  const [sentTo, setSentTo] = useState<string>();
  const back = (
    <p>
      <AuthLink search={carrying(from)} to="/sign-in">
        {i18n.t('Back to the sign-in')}
      </AuthLink>
    </p>
  );
  if (options?.mail === false) {
    return <NoMail back={back} />;
  }
  if (sentTo !== undefined) {
    return <Sent address={sentTo} back={back} onOther={() => setSentTo(undefined)} />;
  }
  return (
    <AuthFrame
      description={i18n.t('Enter your e-mail, and we will send you a link to set a new one.')}
      footer={back}
      title={i18n.t('Forgot your password?')}
    >
      <AskForm
        onSent={(address) => {
          rememberReturn(from);
          setSentTo(address);
        }}
      />
    </AuthFrame>
  );
}

function useForgot() {
  return useMutation({
    meta: { mayBeSignedOut: true },
    mutationFn: (address: string) => answer(api.POST('/api/v1/auth/forgot', { body: { email: address } })),
  });
}

function AskForm({ onSent }: { onSent: (address: string) => void }) {
  const forgot = useForgot();
  const { errors, problem, wait, props, refuse } = useAuthForm({ email }, (values) => {
    const address = values.email.trim();
    forgot.mutate(address, { onSuccess: () => onSent(address), onError: refuse });
  });
  return (
    <form {...props} className="flex flex-col gap-4">
      {problem !== undefined && <ProblemNotice error={problem} />}
      <Field error={errors.email} label={i18n.t('E-mail')}>
        <Input
          autoComplete="username"
          defaultValue={drafts.read<string>(emailDraft)}
          inputMode="email"
          name="email"
          onChange={({ target }) => drafts.write(emailDraft, target.value)}
          type="email"
        />
      </Field>
      <SubmitButton
        busy={forgot.isPending}
        busyLabel={i18n.t('Sending the link…')}
        label={i18n.t('Send the link')}
        wait={wait}
      />
    </form>
  );
}

/** In seconds: mail takes a moment. */
const patience = 30;

interface SentProps {
  address: string;
  back: React.ReactNode;
  onOther: () => void;
}

/** The same for everybody: whether there is an account, only its owner's mailbox tells. */
function Sent({ address, back, onOther }: SentProps) {
  const again = useForgot();
  const [until, setUntil] = useState(() => secondsFromNow(patience));
  const wait = useCountdown(until);
  return (
    <AuthFrame
      description={i18n.t('If there is an account for {address}, a link is on its way. It works once, for an hour.', {
        address,
      })}
      footer={back}
      outcome={true}
      title={i18n.t('Check your e-mail')}
    >
      {again.error && <ProblemNotice error={again.error} />}
      <div className="flex flex-col gap-2">
        <Button
          busy={again.isPending}
          className="tabular-nums"
          disabled={wait > 0}
          focusableWhenDisabled={true}
          onClick={() => again.mutate(address, { onSettled: () => setUntil(secondsFromNow(patience)) })}
        >
          {wait > 0 ? i18n.t('Send it again in {time}', { time: formatWait(wait) }) : i18n.t('Send it again')}
        </Button>
        <Button onClick={onOther} variant="ghost">
          {i18n.t('Use another e-mail')}
        </Button>
      </div>
    </AuthFrame>
  );
}

const resetLink = 'pulse user reset-link';

function NoMail({ back }: { back: React.ReactNode }) {
  const address = drafts.read<string>(emailDraft)?.trim() || 'you@example.com';
  return (
    <AuthFrame
      description={i18n.t('This server sends no e-mail. Ask its administrator for a link to set a new password.')}
      footer={back}
      title={i18n.t('Forgot your password?')}
    >
      <div className="flex flex-col gap-2">
        <p className="text-muted-foreground">{i18n.t('The administrator makes the link with')}</p>
        <code className="wrap-anywhere select-all rounded-lg border bg-muted/50 px-3 py-2 font-mono text-xs leading-5">
          {`${resetLink} ${address}`}
        </code>
      </div>
    </AuthFrame>
  );
}
