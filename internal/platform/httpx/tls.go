package httpx

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// selfLife is how long a self-signed certificate lives; phones refuse more
// than 825 days.
const selfLife = 397 * 24 * time.Hour

// certificate returns the TLS settings, nil for plain HTTP.
func certificate(s Serving) (*tls.Config, error) {
	if (s.Cert == "") != (s.Key == "") {
		return nil, errors.New("certificate and key belong together: give both or neither")
	}
	if s.Cert == "" && !s.Self {
		return nil, nil
	}
	cert, key := s.Cert, s.Key
	if cert == "" {
		cert, key = filepath.Join(s.Dir, "tls-self.crt"), filepath.Join(s.Dir, "tls-self.key")
		if err := ensureSelf(cert, key, time.Now(), hostAddrs()); err != nil {
			return nil, fmt.Errorf("self-signed certificate: %w", err)
		}
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12,
		NextProtos: []string{"h2", "http/1.1"}}, nil
}

// ensureSelf makes the pair unless one is there that is still good for a day
// and covers all addresses: a phone keeps trusting it across restarts.
func ensureSelf(cert, key string, now time.Time, ips []net.IP) error {
	if pair, err := tls.LoadX509KeyPair(cert, key); err == nil && covers(pair.Leaf, now, ips) {
		return nil
	}
	crt, k, err := SelfSigned(now, ips)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(cert), 0o700); err != nil {
		return err
	}
	return errors.Join(os.WriteFile(key, k, 0o600), os.WriteFile(cert, crt, 0o644))
}

func covers(leaf *x509.Certificate, now time.Time, ips []net.IP) bool {
	if leaf == nil || now.Before(leaf.NotBefore) || now.Add(24*time.Hour).After(leaf.NotAfter) {
		return false
	}
	for _, ip := range ips {
		if leaf.VerifyHostname(ip.String()) != nil {
			return false
		}
	}
	return true
}

// SelfSigned makes a certificate and key (PEM) for localhost, this host's name
// and the addresses, valid from an hour before now.
func SelfSigned(now time.Time, ips []net.IP) (cert, key []byte, err error) {
	priv, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, nil, err
	}
	names := []string{"localhost"}
	if host, err := os.Hostname(); err == nil && host != "" && host != "localhost" {
		names = append(names, host)
	}
	tmpl := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "Xiucheng trial"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(selfLife), DNSNames: names, IPAddresses: ips,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &priv.PublicKey, priv)
	if err != nil {
		return nil, nil, err
	}
	pk, err := x509.MarshalPKCS8PrivateKey(priv)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pk}), nil
}

// hostAddrs are the addresses under which phones in the same network reach
// this machine, and the loopback.
func hostAddrs() []net.IP {
	ips := []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return ips
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
			ips = append(ips, n.IP)
		}
	}
	return ips
}
