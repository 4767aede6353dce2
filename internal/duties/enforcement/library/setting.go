package library

import (
	"xiucheng/internal/duties/enforcement/law"
	"xiucheng/internal/ground/pack"
)

// The settings by which a division fills what the law leaves open.
const (
	settingFineCitizen = "hearing.fine.citizen"
	settingFineOrg     = "hearing.fine.org"
	settingConfCitizen = "hearing.conf.citizen"
	settingConfOrg     = "hearing.conf.org"
	settingHalf        = "hearing.half"
	settingTrader      = "simple.soletrader"
	traderOrg          = "org"
)

// yuan is a setting's amount.
func yuan(s *pack.Settings, key string) law.Fen { return law.Fen(s.Int(key)) * 100 }

// Thresholds are a division's amounts for a hearing.
func Thresholds(s *pack.Settings) law.Thresholds {
	return law.Thresholds{FineCitizen: yuan(s, settingFineCitizen), FineOrg: yuan(s, settingFineOrg), ConfCitizen: yuan(s, settingConfCitizen),
		ConfOrg: yuan(s, settingConfOrg), HalfOfMax: s.Bool(settingHalf)}
}

// TraderOrg reports whether a sole trader counts as an organisation on the spot.
func TraderOrg(s *pack.Settings) bool { return s.Text(settingTrader) == traderOrg }
