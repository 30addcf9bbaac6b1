/** The page of one conversation; without an id, of a new one. */
export function ChatPage(_props: { conversationId?: string | undefined }) {
  return null;
}

/** The person's conversations, in the side bar. */
export function ConversationList(_props: { onNavigate?: (() => void) | undefined }) {
  return null;
}
