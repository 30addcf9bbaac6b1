import { Outlet, useLocation } from '@tanstack/react-router';
import { Menu as MenuIcon } from 'lucide-react';
import { lazy, Suspense, useEffect, useId, useRef, useState } from 'react';
import { useKeyboard } from '@/shared/lib/shortcuts';
import { i18n } from '@/shared/lib/text';
import { Button } from '@/shared/ui/button';
import { Drawer } from '@/shared/ui/drawer';
import { TopBarSlot } from '@/shared/ui/top-bar';
import { ConnectionBanner } from './connection-banner';
import { useShellCommands } from './shell-commands';
import { SideBar } from './side-bar';
import { useChanges } from './use-changes';

const CommandPalette = lazy(() => import('./command-palette').then((file) => ({ default: file.CommandPalette })));
const ShortcutHelp = lazy(() => import('./shortcut-help').then((file) => ({ default: file.ShortcutHelp })));

/** The frame of every signed-in page: side bar (a drawer on phones), top bar, palette, help. */
export function Shell() {
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const [drawer, setDrawer] = useState(false);
  const [overlay, setOverlay] = useState<'palette' | 'help' | null>(null);
  const main = useFocusOnNavigation();
  const mainId = useId();
  useKeyboard();
  useChanges();
  useShellCommands({ openPalette: () => setOverlay('palette'), openHelp: () => setOverlay('help') });
  const closeOverlay = (open: boolean) => !open && setOverlay(null);

  return (
    <TopBarSlot value={slot}>
      <a
        className="sr-only z-50 rounded-lg bg-popover p-3 focus:not-sr-only focus:fixed focus:start-2 focus:top-2"
        href={`#${mainId}`}
      >
        {i18n.t('Skip to the content')}
      </a>
      <div className="flex h-dvh">
        <aside className="hidden w-64 shrink-0 border-e border-sidebar-border bg-sidebar md:block">
          <SideBar />
        </aside>
        <Drawer className="bg-sidebar" onOpenChange={setDrawer} open={drawer} title={i18n.t('Menu')}>
          <SideBar onNavigate={() => setDrawer(false)} />
        </Drawer>
        <div className="relative flex min-w-0 flex-1 flex-col">
          <header className="flex h-14 shrink-0 items-center gap-2 px-2 md:h-12 md:px-4">
            <Button
              aria-label={i18n.t('Open the menu')}
              className="md:hidden"
              onClick={() => setDrawer(true)}
              size="icon"
              variant="ghost"
            >
              <MenuIcon aria-hidden={true} />
            </Button>
            <div className="flex min-w-0 flex-1 items-center gap-2" ref={setSlot} />
          </header>
          <ConnectionBanner />
          <main
            className="flex min-h-0 flex-1 flex-col overflow-y-auto outline-none"
            id={mainId}
            ref={main}
            tabIndex={-1}
          >
            <Outlet />
          </main>
        </div>
      </div>
      <Suspense>
        {overlay === 'palette' && <CommandPalette onOpenChange={closeOverlay} />}
        {overlay === 'help' && <ShortcutHelp onOpenChange={closeOverlay} />}
      </Suspense>
    </TopBarSlot>
  );
}

/** After a navigation the focus goes to the new page, unless the page took it somewhere better. */
function useFocusOnNavigation() {
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current !== pathname) {
      shown.current = pathname;
      if (main.current?.contains(document.activeElement) === false) {
        main.current.focus({ preventScroll: true });
      }
    }
  }, [pathname]);
  return main;
}
