import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { formatWait } from './use-countdown';

interface SubmitButtonProps {
  /** What it does. */
  label: string;
  /** What it says while it does that. */
  busyLabel: string;
  busy: boolean;
  /** Seconds until the server takes another attempt. */
  wait: number;
}

/** The one button of these forms. While one has to wait it keeps the focus, and says how long. */
export function SubmitButton({ label, busyLabel, busy, wait }: SubmitButtonProps) {
  return (
    <Button
      busy={busy}
      className="tabular-nums"
      disabled={wait > 0}
      focusableWhenDisabled={true}
      type="submit"
      variant="primary"
    >
      {busy && busyLabel}
      {!busy && (wait > 0 ? i18n.t('Try again in {time}', { time: formatWait(wait) }) : label)}
    </Button>
  );
}
