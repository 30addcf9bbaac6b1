import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Problem } from '@/shared/api/problem';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { ProblemNotice } from '@/shared/ui/problem-notice';
import { placeOf } from './inputs';
import { quotaSentence } from './quote';

interface RefusalProps {
  problem: Problem;
  /** Asks for the same once more. */
  onRetry: () => void;
  onClose: () => void;
}

const tooMany = 429;

/** Why no pictures are being made. What was typed is still in its place. */
export function Refusal({ problem, onRetry, onClose }: RefusalProps) {
  const { retry_after_seconds: wait = 0 } = problem.document;
  const left = useCountdown(problem.status === tooMany ? wait : 0, problem);
  const quota = quotaSentence(problem.document);
  return (
    <ProblemNotice className="mb-3" error={problem}>
      {quota !== undefined && (
        <p className="w-full text-muted-foreground">
          {quota}{' '}
          <Link className="text-foreground underline underline-offset-2" to="/settings/usage">
            {i18n.t('Plan and usage')}
          </Link>
        </p>
      )}
      {Object.entries(problem.fields).map(([field, message]) => (
        <p className="w-full text-muted-foreground" key={field}>
          {i18n.t('{field}: {message}', { field: nameOf(field), message: forPeople(message) })}
        </p>
      ))}
      {problem.retryable && (
        <Button disabled={left > 0} focusableWhenDisabled={true} onClick={onRetry} size="small">
          {left > 0 ? i18n.t('Try again in {left} s', { left }) : i18n.t('Try again')}
        </Button>
      )}
      <Button onClick={onClose} size="small" variant="ghost">
        <X aria-hidden={true} />
        {i18n.t('Close')}
      </Button>
    </ProblemNotice>
  );
}

/** What people call a field of the request. */
function nameOf(field: string): string {
  const picture = placeOf(field);
  const names: Record<string, string> = {
    model: i18n.t('Model'),
    prompt: i18n.t('Prompt'),
    negative_prompt: i18n.t('Negative prompt'),
    count: i18n.t('Images'),
    size: i18n.t('Size'),
    quality: i18n.t('Quality'),
    guidance_scale: i18n.t('Guidance'),
    seed: i18n.t('Seed'),
    image_file_ids: i18n.t('Attached pictures'),
  };
  return picture === undefined ? (names[field] ?? field) : i18n.t('Attached picture {picture}', { picture });
}

/** What follows tells programs how to go on. */
const forPrograms = /;.*$/su;
const forPeople = (message: string): string => message.replace(forPrograms, '');

/** Seconds that are left of a wait that begins with the given thing. */
function useCountdown(seconds: number, since: unknown): number {
  const [state, setState] = useState({ since, left: seconds });
  const left = state.since === since ? state.left : seconds;
  useEffect(() => {
    if (left <= 0) {
      return;
    }
    const timer = setTimeout(() => setState({ since, left: left - 1 }), 1000);
    return () => clearTimeout(timer);
  }, [left, since]);
  return left;
}
