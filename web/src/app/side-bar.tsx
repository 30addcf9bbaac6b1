import { Link } from '@tanstack/react-router';
import { Images, ListChecks, SquarePen } from 'lucide-react';
import { ConversationList } from '@/features/chat/conversation-list';
import { cn } from '@/shared/lib/cn';
import { i18n } from '@/shared/lib/text';
import { buttonStyle } from '@/shared/ui/button';
import { UserMenu } from './user-menu';

const link = cn(
  buttonStyle({ variant: 'ghost', size: 'small' }),
  'h-9 w-full justify-start px-2 font-normal text-sidebar-foreground hover:bg-sidebar-accent data-[status=active]:bg-sidebar-accent data-[status=active]:font-medium data-[status=active]:text-sidebar-accent-foreground pointer-coarse:h-11',
);

interface SideBarProps {
  /** Called when a link was followed: the drawer closes. */
  onNavigate?: () => void;
}

export function SideBar({ onNavigate }: SideBarProps) {
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-14 shrink-0 items-center px-4 md:h-12">
        <Link className="flex items-center gap-2 rounded-md font-semibold text-sm" onClick={onNavigate} to="/">
          <img alt="" className="size-6" height={24} src="/favicon.svg" width={24} />
          Pulse
        </Link>
      </div>
      <nav aria-label={i18n.t('Pages')} className="flex flex-col gap-0.5 px-2">
        <Link
          activeOptions={{ exact: true }}
          className={link}
          onClick={onNavigate}
          params={{ conversationId: undefined }}
          to="/chat/{-$conversationId}"
        >
          <SquarePen aria-hidden={true} />
          {i18n.t('New chat')}
        </Link>
        <Link className={link} onClick={onNavigate} to="/images">
          <Images aria-hidden={true} />
          {i18n.t('Images')}
        </Link>
        <Link className={link} onClick={onNavigate} to="/jobs">
          <ListChecks aria-hidden={true} />
          {i18n.t('Jobs')}
        </Link>
      </nav>
      <div className="mt-3 flex min-h-0 flex-1 flex-col overflow-y-auto px-2">
        <ConversationList onNavigate={onNavigate} />
      </div>
      <div className="shrink-0 border-sidebar-border border-t p-2 pb-[max(0.5rem,env(safe-area-inset-bottom))]">
        <UserMenu onNavigate={onNavigate} />
      </div>
    </div>
  );
}
