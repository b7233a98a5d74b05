//! From a query to ranked regions and masks.

use super::grown::{Part, grown};
use super::nouns::Kind;
use super::phrase::{Place, Query, Size, along};
use super::saliency::saliency;
use super::scene::{Region, Scene};
use super::score::{Fit, Wanted};
use super::segments::groups;
use super::vessel;
use crate::{EngineError, JobCx, Phase};
use tie_core::{Mask, MaskProposal, Raster};

/// Proposals at most.
const MOST_PROPOSALS: usize = 3;
/// Another region with a score this close is a rival.
const RIVAL: f32 = 0.9;
/// Another region this close in score is another of the same kind.
const SIBLING: f32 = 1.6;
/// This many of the best regions are tried in pairs and triples.
const MOST_PAIRED: usize = 28;
/// A smaller share of a named colour does not count.
const LEAST_PURITY: f32 = 0.2;

/// A mask with what will be said about it.
pub(crate) struct Found {
    pub mask: Mask,
    pub confidence: f32,
    pub reason: String,
}

impl Found {
    pub(crate) fn into_proposal(self, source: &str) -> MaskProposal {
        MaskProposal::new(self.mask, self.confidence.clamp(0.0, 1.0), source, self.reason)
    }
}

/// Regions that fit, best first.
///
/// # Errors
/// [`EngineError::Cancelled`].
pub(super) fn find(image: &Raster, scene: &Scene, query: &Query, cx: &JobCx<'_>) -> Result<Vec<Found>, EngineError> {
    let size = (scene.frame.width, scene.frame.height);
    let saliency = saliency(&scene.leaves, &scene.trees[0], size, cx)?;
    cx.progress(Phase::Locating, 0.5);
    if query.background {
        return background(image, scene, &saliency, cx);
    }
    let wanted = Wanted::new(query, scene, &saliency);
    let ranked = rank(scene, &wanted, cx)?;
    cx.progress(Phase::Locating, 0.6);
    let Some(best) = ranked.first() else { return Ok(Vec::new()) };
    if wanted.names_colour() && best.1.purity < LEAST_PURITY {
        return without_colour(image, scene, query, cx);
    }
    let siblings: Vec<&(Region, Fit)> = ranked
        .iter()
        .take_while(|(_, fit)| fit.total > best.1.total - SIBLING)
        .filter(|(region, _)| (0.2..5.0).contains(&(region.shape.area / best.0.shape.area)))
        .collect();
    if query.all && query.ordinal.is_none() && query.size.is_none() {
        return together(image, scene, &wanted, &siblings, cx);
    }
    let chosen = choose(query, &ranked, &siblings);
    let rivals = chosen.len();
    let masks = if matches!(wanted.noun.kind, Kind::Stuff | Kind::Part) {
        refined(image, scene, &wanted, &chosen, cx)?
    } else {
        things(image, scene, &wanted, &ranked, &chosen, cx)?
    };
    // Rivals have similar confidence, so that the caller sees the doubt.
    let sure = |fit: &Fit| confidence(&wanted, fit, rivals) * (0.15 * (fit.total - best.1.total).min(0.0)).exp();
    let mut confidences: Vec<f32> = masks.iter().map(|(_, fit)| sure(fit)).collect();
    confidences.sort_by(|a, b| b.total_cmp(a));
    let found = masks.into_iter().zip(confidences);
    Ok(found.map(|((mask, _), confidence)| Found { mask, confidence, reason: reason(&wanted, 1, rivals) }).collect())
}

/// The masks of the regions themselves.
fn refined(
    image: &Raster,
    scene: &Scene,
    wanted: &Wanted<'_>,
    chosen: &[&(Region, Fit)],
    cx: &JobCx<'_>,
) -> Result<Vec<(Mask, Fit)>, EngineError> {
    let mut masks = Vec::with_capacity(chosen.len());
    for (n, (region, fit)) in chosen.iter().enumerate() {
        masks.push((scene.refine(image, region, wanted.noun.kind == Kind::Part, cx)?, *fit));
        cx.progress(Phase::Locating, 0.6 + 0.4 * (n + 1) as f32 / chosen.len() as f32);
    }
    Ok(masks)
}

/// The masks of the things that the regions are parts of, likeliest first, as many as chosen.
fn things(
    image: &Raster,
    scene: &Scene,
    wanted: &Wanted<'_>,
    ranked: &[(Region, Fit)],
    chosen: &[&(Region, Fit)],
    cx: &JobCx<'_>,
) -> Result<Vec<(Mask, Fit)>, EngineError> {
    let query = wanted.query;
    // Regions that do not look like the best may still be parts of it.
    let all: Vec<&(Region, Fit)> = ranked.iter().take(MOST_PROPOSALS).collect();
    let asked = query.ordinal.is_some() || matches!(query.size, Some(Size::Largest | Size::Smallest));
    let parts: Vec<Part> = if asked { chosen } else { &all }
        .iter()
        .map(|(region, fit)| {
            let body = if wanted.noun.vessel { vessel::body(scene, region) } else { None };
            Part { region: body.map_or_else(|| region.clone(), |members| scene.region(members)), fit: *fit }
        })
        .collect();
    let grown = grown(image, scene, &parts, wanted, chosen.len(), cx)?;
    cx.progress(Phase::Locating, 1.0);
    Ok(grown.into_iter().map(|(part, mask)| (mask, parts[part].fit)).collect())
}

/// Nothing has the named colour; people also name colours that light or surroundings make, so the noun alone decides.
fn without_colour(image: &Raster, scene: &Scene, query: &Query, cx: &JobCx<'_>) -> Result<Vec<Found>, EngineError> {
    if query.noun.is_none() {
        return Ok(Vec::new());
    }
    let colours: Vec<&str> = query.colours.iter().map(|colour| colour.word).collect();
    let mut found = find(image, scene, &Query { colours: Vec::new(), lightness: 0, ..query.clone() }, cx)?;
    for one in &mut found {
        one.confidence *= 0.6;
        one.reason = format!("nothing is clearly {}; {}", colours.join(" or "), one.reason);
    }
    Ok(found)
}

/// All candidate regions that do not overlap a better one, best first.
fn rank(scene: &Scene, wanted: &Wanted<'_>, cx: &JobCx<'_>) -> Result<Vec<(Region, Fit)>, EngineError> {
    let mut regions = scene.regions(cx)?;
    let mut add_groups = |map: &[f32], level: f32| {
        let found = groups(&scene.leaves, |i| map[i] > level);
        regions.extend(found.into_iter().filter(|group| group.len() > 1).map(|group| scene.region(group)));
    };
    if let Some(map) = wanted.map() {
        for level in [0.35, 0.5, 0.65] {
            add_groups(map, level);
        }
    }
    if wanted.noun.kind == Kind::Subject || wanted.query.noun.is_none() {
        for level in [0.3, 0.45, 0.6] {
            add_groups(wanted.saliency, level);
        }
    }
    let mut scored = Vec::with_capacity(regions.len());
    for region in regions {
        cx.check()?;
        let fit = wanted.fit(scene, &region);
        scored.push((region, fit));
    }
    // Coloured things grow from one of their parts.
    if wanted.noun.kind != Kind::Part && !wanted.names_colour() {
        // Reflections cut metal into pieces.
        let joined = pairs(scene, &best_apart(scene, &mut scored, MOST_PAIRED), wanted.noun.metallic);
        for region in joined {
            cx.check()?;
            let mut fit = wanted.fit(scene, &region);
            // A union must be better than its parts, not as good.
            fit.total -= 0.3;
            scored.push((region, fit));
        }
    }
    Ok(best_apart(scene, &mut scored, 24))
}

/// The best regions that do not overlap a better one.
fn best_apart(scene: &Scene, scored: &mut [(Region, Fit)], most: usize) -> Vec<(Region, Fit)> {
    scored.sort_by(|a, b| b.1.total.total_cmp(&a.1.total));
    let mut kept: Vec<(Region, Fit)> = Vec::new();
    for (region, fit) in scored {
        if kept.len() >= most {
            break;
        }
        if kept.iter().all(|(other, _)| overlap(scene, other, region) < 0.4) {
            kept.push((region.clone(), *fit));
        }
    }
    kept
}

/// Unions of two and three touching regions: a thing of several colours is not a node of any tree (the idea of Arbeláez
/// et al., "Multiscale combinatorial grouping", 2014). With `over_gaps`, regions with a thin thing between them touch
/// too.
fn pairs(scene: &Scene, best: &[(Region, Fit)], over_gaps: bool) -> Vec<Region> {
    let touch = |a: &Region, b: &Region| {
        let in_ring = |leaf: &u32| over_gaps && b.shape.ring.binary_search_by_key(leaf, |&(l, _)| l).is_ok();
        a.shape.ring.iter().any(|(leaf, _)| b.members.binary_search(leaf).is_ok() || in_ring(leaf))
    };
    let union = |a: &Region, b: &Region| {
        let mut members = [a.members.as_slice(), &b.members].concat();
        members.sort_unstable();
        members.dedup();
        scene.region(members)
    };
    let mut found = Vec::new();
    for (n, (a, _)) in best.iter().enumerate() {
        for (m, (b, _)) in best.iter().enumerate().skip(n + 1) {
            if !touch(a, b) {
                continue;
            }
            let pair = union(a, b);
            found.extend(
                best.iter().skip(m + 1).take(12).filter(|(c, _)| touch(&pair, c)).map(|(c, _)| union(&pair, c)),
            );
            found.push(pair);
        }
    }
    found
}

/// Common area over the smaller area.
fn overlap(scene: &Scene, a: &Region, b: &Region) -> f32 {
    let common: f32 =
        a.members.iter().filter(|m| b.members.binary_search(m).is_ok()).map(|&m| scene.leaves[m as usize].area).sum();
    common / a.shape.area.min(b.shape.area).max(1.0)
}

/// The regions to propose: by order if the words count, by size if they compare, else the best and its rivals.
fn choose<'a>(query: &Query, ranked: &'a [(Region, Fit)], siblings: &[&'a (Region, Fit)]) -> Vec<&'a (Region, Fit)> {
    if let Some((n, from)) = query.ordinal {
        let mut row = siblings.to_vec();
        row.sort_by(|a, b| along(from, a.0.shape.centre).total_cmp(&along(from, b.0.shape.centre)));
        return row.get(n - 1).or(row.last()).map(|&entry| vec![entry]).unwrap_or_default();
    }
    if let Some(Size::Largest | Size::Smallest) = query.size {
        let order = |a: &&&(Region, Fit), b: &&&(Region, Fit)| a.0.shape.area.total_cmp(&b.0.shape.area);
        let largest = query.size == Some(Size::Largest);
        let extreme = if largest { siblings.iter().max_by(order) } else { siblings.iter().min_by(order) };
        return extreme.map(|&entry| vec![entry]).unwrap_or_default();
    }
    let best = ranked.first().map_or(0.0, |(_, fit)| fit.total);
    ranked.iter().take_while(|(_, fit)| fit.total > best - RIVAL).take(MOST_PROPOSALS).collect()
}

/// All instances in one mask.
fn together(
    image: &Raster,
    scene: &Scene,
    wanted: &Wanted<'_>,
    parts: &[&(Region, Fit)],
    cx: &JobCx<'_>,
) -> Result<Vec<Found>, EngineError> {
    let mut mask = Mask::empty(image.extent());
    // Eyes, ears and hands come in twos.
    let most = if wanted.noun.kind == Kind::Part { 2 } else { 12 };
    let parts = &parts[..parts.len().min(most)];
    for (n, (region, _)) in parts.iter().enumerate() {
        mask.union(&scene.refine(image, region, true, cx)?);
        cx.progress(Phase::Locating, 0.6 + 0.4 * (n + 1) as f32 / parts.len() as f32);
    }
    let Some((_, best)) = parts.first() else { return Ok(Vec::new()) };
    let confidence = confidence(wanted, best, 1);
    Ok(vec![Found { mask, confidence, reason: reason(wanted, parts.len(), 1) }])
}

/// The complement of the subject.
fn background(image: &Raster, scene: &Scene, saliency: &[f32], cx: &JobCx<'_>) -> Result<Vec<Found>, EngineError> {
    let query = super::phrase::read("subject", None);
    let wanted = Wanted::new(&query, scene, saliency);
    let ranked = rank(scene, &wanted, cx)?;
    let Some((region, fit)) = ranked.first() else {
        let reason = "no subject found, so the whole photo".to_owned();
        return Ok(vec![Found { mask: Mask::full(image.extent()), confidence: 0.3, reason }]);
    };
    let mut mask = scene.refine(image, region, true, cx)?;
    mask.invert();
    cx.progress(Phase::Locating, 1.0);
    let confidence = confidence(&wanted, fit, 1);
    Ok(vec![Found { mask, confidence, reason: "everything but the most prominent subject".to_owned() }])
}

/// Confidence: the most that the cues can tell, times this region's fit, less if others fit as well.
fn confidence(wanted: &Wanted<'_>, fit: &Fit, rivals: usize) -> f32 {
    const FEWER: [f32; 4] = [1.0, 1.0, 0.8, 0.65];
    let query = wanted.query;
    if wanted.ranks_by_colour() {
        // Mean IoU over the score, on the photographs that the score's weights were fitted to.
        return (0.3 + 0.033 * fit.total).clamp(0.2, 0.85) * FEWER[rivals.min(3)];
    }
    let mut most = if query.noun.is_some() { wanted.noun.trust } else { 0.38 };
    if wanted.names_colour() {
        // A colour that covers the region supports it whatever the noun.
        most = (most + 0.35).min(0.9) * fit.purity.min(1.0).powf(0.5);
    }
    if !query.places.is_empty() {
        most = (most + 0.08).min(0.92);
    }
    if query.head.is_empty() && !wanted.names_colour() {
        most = most.min(0.3);
    }
    most * (0.45 + 0.55 * fit.quality) * FEWER[rivals.min(3)]
}

fn reason(wanted: &Wanted<'_>, count: usize, rivals: usize) -> String {
    let query = wanted.query;
    let mut cues: Vec<String> = query.colours.iter().map(|colour| colour.word.to_owned()).collect();
    match query.lightness {
        0 => {}
        sign => cues.push(if sign < 0 { "dark" } else { "light" }.to_owned()),
    }
    for place in &query.places {
        cues.push(place_words(*place).to_owned());
    }
    if let Some((n, from)) = query.ordinal {
        cues.push(format!(
            "number {n} from the {}",
            if from == Place::Right {
                "right"
            } else if from == Place::Top {
                "top"
            } else if from == Place::Bottom {
                "bottom"
            } else {
                "left"
            }
        ));
    }
    if let Some(size) = query.size {
        cues.push(
            match size {
                Size::Small => "small",
                Size::Large => "large",
                Size::Smallest => "the smallest",
                Size::Largest => "the largest",
            }
            .to_owned(),
        );
    }
    let usual = match (query.noun, wanted.noun.kind) {
        (None, _) => None,
        (Some(_), Kind::Subject) => Some("stands out most".to_owned()),
        (Some(_), _) => Some(format!("looks like a typical {}", query.head)),
    };
    cues.extend(usual);
    if cues.is_empty() {
        return format!("a guess: the most prominent region, not recognised as “{}”", query.head);
    }
    let mut text = cues.join(", ");
    if query.noun.is_none() && !query.head.is_empty() {
        text = format!("{text}; “{}” not recognised", query.head);
    }
    if count > 1 {
        text = format!("{count} regions: {text}");
    }
    if rivals > 1 {
        text = format!("{text}; {rivals} regions match");
    }
    text
}

const fn place_words(place: Place) -> &'static str {
    match place {
        Place::Left => "on the left",
        Place::Right => "on the right",
        Place::Top => "at the top",
        Place::Bottom => "at the bottom",
        Place::Middle => "in the middle",
        Place::Corner => "in the corner",
        Place::Foreground => "in the foreground",
    }
}
