import './index.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '@/app/app';
import { watchNetwork } from '@/shared/lib/connection';
import { watchTheme } from '@/shared/lib/theme';

watchTheme();
watchNetwork();

const root = document.querySelector('#root');
if (root === null) {
  throw new Error('index.html has no #root');
}
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
