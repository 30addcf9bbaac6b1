import { createFileRoute } from '@tanstack/react-router';
import { DataPage } from '@/features/account/data-page';

export const Route = createFileRoute('/_app/settings/data')({ component: DataPage });
