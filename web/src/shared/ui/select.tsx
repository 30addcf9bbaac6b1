import { Select as BaseSelect } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/shared/lib/cn';
import { buttonStyle } from './button';
import { itemStyle, popupStyle } from './popup-style';

interface Option<T extends string> {
  value: T;
  label: string;
  /** How the option looks in the list, where its label is not enough. */
  content?: ReactNode;
  disabled?: boolean;
}

interface SelectProps<T extends string> {
  value: T;
  onChange: (value: T) => void;
  options: readonly Option<T>[];
  /** The name for those who do not see it. */
  label: string;
  id?: string;
  disabled?: boolean;
  className?: string;
}

/** One of a few. For many options with a search there is `Combobox`. */
export function Select<T extends string>({ value, onChange, options, label, id, disabled, className }: SelectProps<T>) {
  return (
    <BaseSelect.Root
      disabled={disabled}
      items={options}
      modal={false}
      onValueChange={(next) => next !== null && onChange(next)}
      value={value}
    >
      <BaseSelect.Trigger
        aria-label={label}
        className={cn(
          buttonStyle({ variant: 'secondary' }),
          'justify-between border-input px-3 font-normal',
          className,
        )}
        id={id}
      >
        <BaseSelect.Value className="truncate" />
        <BaseSelect.Icon className="text-muted-foreground">
          <ChevronsUpDown aria-hidden={true} />
        </BaseSelect.Icon>
      </BaseSelect.Trigger>
      <BaseSelect.Portal>
        <BaseSelect.Positioner alignItemWithTrigger={false} className="z-50 outline-none" sideOffset={4}>
          <BaseSelect.Popup className={cn(popupStyle, 'min-w-(--anchor-width)')}>
            <BaseSelect.List>
              {options.map((option) => (
                <BaseSelect.Item
                  className={itemStyle}
                  disabled={option.disabled}
                  key={option.value}
                  value={option.value}
                >
                  <BaseSelect.ItemText className="flex-1">{option.content ?? option.label}</BaseSelect.ItemText>
                  <BaseSelect.ItemIndicator>
                    <Check aria-hidden={true} />
                  </BaseSelect.ItemIndicator>
                </BaseSelect.Item>
              ))}
            </BaseSelect.List>
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  );
}
