import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { i18n } from '@/shared/lib/text';
import { Button, type ButtonProps } from './button';
import { toast } from './toast';

const confirmedMs = 2000;

interface CopyButtonProps extends Omit<ButtonProps, 'children' | 'onClick'> {
  /** Called at the click, so that a long text is made only then. */
  text: () => string;
  /** What is copied, e.g. “Copy code”. */
  label: string;
}

export function CopyButton({ text, label, ...props }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    const timer = copied ? setTimeout(() => setCopied(false), confirmedMs) : undefined;
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text());
      setCopied(true);
    } catch {
      toast({ title: i18n.t('The browser did not allow copying. Select the text and copy it by hand.'), error: true });
    }
  };
  return (
    <Button
      size="icon-small"
      variant="ghost"
      {...props}
      aria-label={copied ? i18n.t('Copied') : label}
      onClick={copy}
      title={label}
    >
      {copied ? <Check aria-hidden={true} className="text-success" /> : <Copy aria-hidden={true} />}
    </Button>
  );
}
