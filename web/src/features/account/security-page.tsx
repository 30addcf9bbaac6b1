import { IdentitiesSection } from './identities-section';
import { PasswordSection } from './password-section';
import { SessionsSection } from './sessions-section';

/** How the person comes in, and where they are. */
export function SecurityPage() {
  return (
    <>
      <PasswordSection />
      <IdentitiesSection />
      <SessionsSection />
    </>
  );
}
