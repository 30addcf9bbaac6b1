import { Menu as BaseMenu } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';
import { cn } from '@/shared/lib/cn';

/** The surface that menus, selects and comboboxes open on. */
export const popupStyle =
  'z-50 max-h-(--available-height) min-w-44 origin-(--transform-origin) overflow-y-auto rounded-lg border bg-popover p-1 text-popover-foreground shadow-lg outline-none transition-[opacity,scale] duration-100 data-ending-style:scale-98 data-starting-style:scale-98 data-ending-style:opacity-0 data-starting-style:opacity-0';

export const itemStyle =
  'flex min-h-8 cursor-default select-none items-center gap-2 rounded-md px-2 py-1 text-sm outline-none data-disabled:opacity-50 data-highlighted:bg-accent data-highlighted:text-accent-foreground pointer-coarse:min-h-11 [&_svg]:size-4 [&_svg]:shrink-0';

interface MenuProps {
  /** A `Button` with a name. */
  trigger: ReactElement;
  children: ReactNode;
  side?: BaseMenu.Positioner.Props['side'];
  align?: BaseMenu.Positioner.Props['align'];
}

export function Menu({ trigger, children, side = 'bottom', align = 'end' }: MenuProps) {
  return (
    <BaseMenu.Root modal={false}>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner align={align} className="z-50 outline-none" side={side} sideOffset={4}>
          <BaseMenu.Popup className={popupStyle}>{children}</BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

export function MenuItem({
  className,
  destructive = false,
  ...props
}: Omit<BaseMenu.Item.Props, 'className'> & { className?: string; destructive?: boolean }) {
  return <BaseMenu.Item {...props} className={cn(itemStyle, destructive && 'text-destructive', className)} />;
}

export function MenuSeparator() {
  return <BaseMenu.Separator className="mx-2 my-1 h-px bg-border" />;
}

export const MenuRadioGroup = BaseMenu.RadioGroup;

export function MenuRadioItem({
  className,
  children,
  ...props
}: Omit<BaseMenu.RadioItem.Props, 'className'> & { className?: string }) {
  return (
    <BaseMenu.RadioItem {...props} className={cn(itemStyle, 'justify-between', className)}>
      {children}
      <BaseMenu.RadioItemIndicator className="size-2 rounded-full bg-primary" />
    </BaseMenu.RadioItem>
  );
}
