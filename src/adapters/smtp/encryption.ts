import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** How a connection is encrypted. */
export interface Encryption {
  /** `TLSv1.3`. */
  readonly protocol: string;
  readonly cipher: string;
  /** Whether the certificate was verified; `false` only where that was switched off. */
  readonly trusted: boolean;
  /** The certificate's common name, and when it ends. */
  readonly subject: string;
  readonly validTo: Date | null;
}

/** `null` for a connection in clear text. */
export function encryptionOf(socket: Socket): Encryption | null {
  if (!(socket instanceof TLSSocket)) return null;
  const certificate = socket.getPeerCertificate();
  const validTo = new Date(certificate.valid_to ?? "");
  return {
    protocol: socket.getProtocol() ?? "unknown",
    cipher: socket.getCipher()?.name ?? "unknown",
    trusted: socket.authorized,
    subject: String(certificate.subject?.CN ?? ""),
    validTo: Number.isNaN(validTo.getTime()) ? null : validTo,
  };
}
