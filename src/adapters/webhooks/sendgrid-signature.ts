import { createPublicKey, verify } from "node:crypto";

/**
 * Whether SendGrid signed these very bytes ("Signed Event Webhook"): ECDSA with SHA-256 over the timestamp and the body.
 * @param publicKey base64 of the DER form, as SendGrid shows it
 * @param signature base64
 */
export function isSignedBySendgrid(publicKey: string, signature: string, timestamp: string, body: Buffer): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, "base64"), format: "der", type: "spki" });
    if (key.asymmetricKeyType !== "ec") return false;
    return verify("sha256", Buffer.concat([Buffer.from(timestamp), body]), key, Buffer.from(signature, "base64"));
  } catch {
    return false; // Neither a key nor a signature.
  }
}
