//! Certificates of servers that `--ca-cert` names themselves.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;

use super::{ClientError, is_of_authority, read_pem};

/// Verifies as the system does, with the certificates of `--ca-cert` as further authorities. One that a server shows itself
/// is accepted too: usual self-signed certificates are marked as those of an authority, which a server's must not be.
#[derive(Debug)]
struct PinningVerifier {
    pinned: Vec<CertificateDer<'static>>,
    system: Verifier,
}

/// The TLS of a client that trusts `ca_certs` beside the system's authorities.
pub(super) fn tls_config(
    ca_certs: &[impl AsRef<Path>],
    client_cert: Option<&Path>,
) -> Result<ClientConfig, ClientError> {
    let tls = |error: Error| ClientError::Tls(error.to_string());
    let mut pinned = Vec::new();
    for path in ca_certs {
        pinned.extend(read_pem(path.as_ref(), certificates)?);
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let system = Verifier::new_with_extra_roots(
        pinned.iter().cloned(),
        Arc::<CryptoProvider>::clone(&provider),
    );
    let verifier = PinningVerifier {
        system: system.map_err(tls)?,
        pinned,
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let Some(path) = client_cert else {
        return Ok(config.with_no_client_auth());
    };
    let (chain, key) = read_pem(path, |pem| {
        let key = PrivateKeyDer::from_pem_slice(pem).map_err(|error| error.to_string())?;
        Ok((certificates(pem)?, key))
    })?;
    config.with_client_auth_cert(chain, key).map_err(tls)
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match certificates {
        Ok(none) if none.is_empty() => Err("it holds no certificate in PEM form".to_owned()),
        certificates => certificates.map_err(|error| error.to_string()),
    }
}

impl ServerCertVerifier for PinningVerifier {
    fn verify_server_cert(
        &self,
        shown: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verified = self
            .system
            .verify_server_cert(shown, intermediates, name, ocsp, now);
        verified.or_else(|error| {
            let is_authority =
                matches!(&error, Error::InvalidCertificate(problem) if is_of_authority(problem));
            let is_pinned = is_authority && self.pinned.contains(shown);
            is_pinned.then(ServerCertVerified::assertion).ok_or(error)
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.system.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.system.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.system.supported_verify_schemes()
    }
}
