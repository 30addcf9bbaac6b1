import { Combobox as BaseCombobox } from '@base-ui/react/combobox';
import { Check } from 'lucide-react';
import { cn } from '@/shared/lib/cn';
import type { ComboboxGroup, ComboboxProps } from './combobox';
import { inputStyle } from './input';
import { itemStyle, popupStyle } from './popup-style';

/** A combobox that was asked for, and so is open. */
export function Combobox<T>({
  groups,
  value,
  onChange,
  itemLabel,
  itemKey,
  itemDisabled,
  renderItem,
  trigger,
  searchLabel,
  empty,
}: ComboboxProps<T>) {
  return (
    <BaseCombobox.Root
      defaultOpen={true}
      isItemEqualToValue={(a: T, b: T) => itemKey(a) === itemKey(b)}
      items={groups}
      itemToStringLabel={itemLabel}
      onValueChange={(next: T | null) => next !== null && onChange(next)}
      value={value}
    >
      <BaseCombobox.Trigger render={trigger} />
      <BaseCombobox.Portal>
        <BaseCombobox.Positioner align="start" className="z-50 outline-none" sideOffset={4}>
          <BaseCombobox.Popup
            aria-label={searchLabel}
            className={cn(popupStyle, 'flex w-96 max-w-(--available-width) flex-col overflow-hidden p-0')}
          >
            <div className="border-b p-1">
              <BaseCombobox.Input
                aria-label={searchLabel}
                className={cn(inputStyle, 'h-8 border-transparent bg-transparent px-2 outline-none')}
                placeholder={searchLabel}
              />
            </div>
            <BaseCombobox.Empty className="empty:hidden">
              <p className="p-4 text-center text-muted-foreground text-sm">{empty}</p>
            </BaseCombobox.Empty>
            <BaseCombobox.List className="max-h-80 overflow-y-auto overscroll-contain p-1 empty:p-0">
              {(group: ComboboxGroup<T>) => (
                <BaseCombobox.Group className="not-first:mt-1" items={group.items} key={group.name}>
                  <BaseCombobox.GroupLabel className="px-2 py-1 text-muted-foreground text-xs">
                    {group.name}
                  </BaseCombobox.GroupLabel>
                  <BaseCombobox.Collection>
                    {(item: T) => (
                      <BaseCombobox.Item
                        className={itemStyle}
                        disabled={itemDisabled?.(item)}
                        key={itemKey(item)}
                        value={item}
                      >
                        <span className="min-w-0 flex-1">{renderItem(item)}</span>
                        <BaseCombobox.ItemIndicator>
                          <Check aria-hidden={true} />
                        </BaseCombobox.ItemIndicator>
                      </BaseCombobox.Item>
                    )}
                  </BaseCombobox.Collection>
                </BaseCombobox.Group>
              )}
            </BaseCombobox.List>
          </BaseCombobox.Popup>
        </BaseCombobox.Positioner>
      </BaseCombobox.Portal>
    </BaseCombobox.Root>
  );
}
