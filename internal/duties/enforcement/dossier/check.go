package dossier

import (
	"strings"

	"xiucheng/internal/casework/procedure"
	"xiucheng/internal/casework/record"
	"xiucheng/internal/platform/geo"
	"xiucheng/internal/platform/text"
)

// photosOK reports whether one photo of the survey was taken while it went on,
// and near the place of the case, as far as both devices know their place.
func (a asking) photosOK() (any, error) {
	set, err := a.Settings(a.ctx, a.Snapshot.Division)
	if err != nil {
		return nil, err
	}
	begin, end := a.instant("start_at"), a.instant("end_at")
	here, known := a.Snapshot.Data["place"].(procedure.Point)
	for _, f := range a.Files {
		if f.Field != "photos" || f.At == nil || !known || f.Taken.Before(begin) || f.Taken.After(end) {
			continue
		}
		away := geo.Distance(geo.Point{Lat: f.At.Lat, Lng: f.At.Lng}, geo.Point{Lat: here.Lat, Lng: here.Lng})
		if away <= float64(set.Int("survey.photo_m"))+f.At.Accuracy+here.Accuracy {
			return true, nil
		}
	}
	return false, nil
}

// maskedOK reports whether the text for the public is free of numbers that mean
// a person, and of a citizen's own name and address (PL 50).
func (a asking) maskedOK() (any, error) {
	said := a.text("masked")
	if _, found := text.Mask(said); len(found) > 0 || said == "" {
		return false, nil
	}
	if a.Snapshot.Text("party_kind") != "citizen" {
		return true, nil
	}
	for _, name := range []string{"party", "party_address"} {
		if own := a.Snapshot.Text(name); own != "" && strings.Contains(said, own) {
			return false, nil
		}
	}
	return true, nil
}

func (a asking) chainOK() (any, error) {
	proof, err := record.Verify(a.ctx, a.Q, a.Snapshot.Division, a.Snapshot.ID)
	return err == nil && proof.Broken == nil, err
}
