import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { i18n } from '@/shared/lib/text';
import { Button } from './button';
import { Input, type InputProps } from './input';

/** A password that can be looked at. */
export function PasswordInput(props: InputProps) {
  const [shown, setShown] = useState(false);
  return (
    <div className="relative">
      <Input {...props} className="pe-11" type={shown ? 'text' : 'password'} />
      <Button
        aria-label={i18n.t('Show the password')}
        aria-pressed={shown}
        className="absolute end-0.5 top-1/2 -translate-y-1/2 text-muted-foreground"
        onClick={() => setShown(!shown)}
        size="icon-small"
        variant="ghost"
      >
        {shown ? <EyeOff aria-hidden={true} /> : <Eye aria-hidden={true} />}
      </Button>
    </div>
  );
}
