import { createFileRoute } from '@tanstack/react-router';
import { UsagePage } from '@/features/account/usage-page';

export const Route = createFileRoute('/_app/settings/usage')({ component: UsagePage });
