import { Menu as BaseMenu } from '@base-ui/react/menu';
import { cn } from '@/shared/lib/cn';
import type { MenuItemProps, MenuProps } from './menu';
import { itemStyle, popupStyle } from './popup-style';

/** A menu that was asked for, and so is open. */
export function Menu({ trigger, children, side = 'bottom', align = 'end' }: MenuProps) {
  return (
    <BaseMenu.Root defaultOpen={true} modal={false}>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner align={align} className="z-50 outline-none" side={side} sideOffset={4}>
          <BaseMenu.Popup className={popupStyle}>{children}</BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

export function MenuItem({ className, destructive = false, ...props }: MenuItemProps) {
  return <BaseMenu.Item {...props} className={cn(itemStyle, destructive && 'text-destructive', className)} />;
}

export function MenuSeparator() {
  return <BaseMenu.Separator className="mx-2 my-1 h-px bg-border" />;
}
