import { Tabs as BaseTabs } from '@base-ui/react/tabs';
import { cn } from '@/shared/lib/cn';

export const Tabs = BaseTabs.Root;
export const TabPanel = BaseTabs.Panel;

export function TabList({ className, ...props }: Omit<BaseTabs.List.Props, 'className'> & { className?: string }) {
  return <BaseTabs.List {...props} className={cn('flex gap-1 border-b', className)} />;
}

export function Tab({ className, ...props }: Omit<BaseTabs.Tab.Props, 'className'> & { className?: string }) {
  return (
    <BaseTabs.Tab
      {...props}
      className={cn(
        '-mb-px border-transparent border-b-2 px-3 py-2 text-muted-foreground text-sm hover:text-foreground data-active:border-primary data-active:text-foreground',
        className,
      )}
    />
  );
}
