import { useNavigate } from '@tanstack/react-router';
import { ChevronsUpDown, FileCode, Keyboard, LogOut, Settings } from 'lucide-react';
import { useUser } from '@/shared/api/session';
import { useSignOut } from '@/shared/api/sign-out';
import { useAllCommands } from '@/shared/lib/shortcuts';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Menu, MenuItem, MenuSeparator } from '@/shared/ui/menu';

export function UserMenu({ onNavigate }: { onNavigate?: (() => void) | undefined }) {
  const user = useUser();
  const navigate = useNavigate();
  const signOut = useSignOut();
  const help = useAllCommands().find(({ id }) => id === 'help');
  const name = user.full_name || user.email;
  return (
    <Menu
      align="start"
      side="top"
      trigger={
        <Button
          aria-label={i18n.t('Account of {name}', { name })}
          className="h-11 w-full justify-start px-2 hover:bg-sidebar-accent data-popup-open:bg-sidebar-accent"
          variant="ghost"
        >
          <span
            aria-hidden={true}
            className="flex size-7 shrink-0 items-center justify-center rounded-full bg-primary/15 text-primary text-xs uppercase"
          >
            {[...name][0]}
          </span>
          <span className="min-w-0 flex-1 truncate text-start">{name}</span>
          <ChevronsUpDown aria-hidden={true} className="text-muted-foreground" />
        </Button>
      }
    >
      <p className="max-w-56 truncate px-2 py-1 text-muted-foreground text-xs">{user.email}</p>
      <MenuSeparator />
      <MenuItem
        onClick={() => {
          onNavigate?.();
          navigate({ to: '/settings' });
        }}
      >
        <Settings aria-hidden={true} />
        {i18n.t('Settings')}
      </MenuItem>
      <MenuItem
        onClick={() => {
          onNavigate?.();
          help?.run();
        }}
      >
        <Keyboard aria-hidden={true} />
        {i18n.t('Keyboard shortcuts')}
      </MenuItem>
      <MenuItem onClick={() => location.assign('/docs')}>
        <FileCode aria-hidden={true} />
        {i18n.t('API documentation')}
      </MenuItem>
      <MenuSeparator />
      <MenuItem onClick={signOut}>
        <LogOut aria-hidden={true} />
        {i18n.t('Sign out')}
      </MenuItem>
    </Menu>
  );
}
