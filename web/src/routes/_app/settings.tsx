import { createFileRoute } from '@tanstack/react-router';
import { settingsSearch } from '@/features/account/search';
import { SettingsPage } from '@/features/account/settings-page';

/** The frame; what stands in it are the routes below. */
export const Route = createFileRoute('/_app/settings')({ validateSearch: settingsSearch, component: SettingsPage });
