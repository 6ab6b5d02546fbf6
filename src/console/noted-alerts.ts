/** Most sessions of which it is known; of more, one that is forgotten is noted once more. */
const mostSessions = 64;

/** Which alerts the audit log has as shown in a session, with their last news. */
export interface NotedAlerts {
  has(session: string, id: string): boolean;
  note(session: string, id: string): void;
  /** There is news of it that the log has not as shown. */
  drop(session: string, id: string): void;
  /** It is closed: shown again, it is new to everyone. */
  forget(id: string): void;
}

export function createNotedAlerts(): NotedAlerts {
  const bySession = new Map<string, Set<string>>();
  return {
    has: (session, id) => bySession.get(session)?.has(id) === true,
    note(session, id) {
      const noted = bySession.get(session) ?? new Set();
      bySession.delete(session);
      bySession.set(session, noted.add(id));
      const [oldest] = bySession.keys();
      if (bySession.size > mostSessions && oldest !== undefined) bySession.delete(oldest);
    },
    drop: (session, id) => void bySession.get(session)?.delete(id),
    forget(id) {
      for (const noted of bySession.values()) noted.delete(id);
    },
  };
}
