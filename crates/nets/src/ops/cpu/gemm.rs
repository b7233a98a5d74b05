//! Products of strided matrices in slices.

use gemm::Parallelism;

/// A matrix in a slice: element (r, c) is at `start + r · row_stride + c · column_stride`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) row_stride: usize,
    pub(super) column_stride: usize,
}

impl Place {
    /// One row after the other, from the slice's start.
    pub(super) const fn rows(rows: usize, columns: usize) -> Self {
        Self { start: 0, rows, columns, row_stride: columns, column_stride: 1 }
    }

    /// The same numbers, transposed.
    pub(super) const fn transposed(self) -> Self {
        Self {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }

    /// Whether it is inside a slice of this length.
    const fn fits(self, length: usize) -> bool {
        if self.rows == 0 || self.columns == 0 {
            return true;
        }
        self.start + (self.rows - 1) * self.row_stride + (self.columns - 1) * self.column_stride < length
    }
}

/// The matrices of a product, and what happens to the result.
#[derive(Debug, Clone, Copy)]
pub(super) struct Product {
    pub(super) scale: f32,
    /// Whether the product is added to the result or overwrites it.
    pub(super) adds: bool,
    /// On all threads, or just on this one.
    pub(super) threads: usize,
}

/// `to = scale · a b (+ to)`.
///
/// # Panics
/// If the sizes do not fit each other or the slices, which is a bug in this crate.
pub(super) fn multiply(
    (to, to_place): (&mut [f32], Place),
    (a, a_place): (&[f32], Place),
    (b, b_place): (&[f32], Place),
    product: Product,
) {
    assert!(
        a_place.columns == b_place.rows && to_place.rows == a_place.rows && to_place.columns == b_place.columns,
        "matrices of {a_place:?} and {b_place:?} do not make one of {to_place:?}"
    );
    assert!(
        to_place.fits(to.len()) && a_place.fits(a.len()) && b_place.fits(b.len()),
        "a matrix reaches beyond its buffer"
    );
    // No two elements of the result may be one number, or threads would write to it at once.
    let inner = to_place.column_stride * to_place.columns.saturating_sub(1);
    assert!(to_place.column_stride > 0 && to_place.row_stride > inner, "rows of the result overlap");
    let parallelism = if product.threads > 1 { Parallelism::Rayon(product.threads) } else { Parallelism::None };
    #[expect(unsafe_code, reason = "the library takes pointers; everything it asks for is checked above")]
    // SAFETY: all elements of the three places are inside their slices, those of `to` are borrowed exclusively and are
    // distinct, `f32` is what the pointers point to, and strides fit an isize because slices do.
    unsafe {
        gemm::gemm(
            to_place.rows,
            to_place.columns,
            a_place.columns,
            to.as_mut_ptr().add(to_place.start),
            to_place.column_stride as isize,
            to_place.row_stride as isize,
            product.adds,
            a.as_ptr().add(a_place.start),
            a_place.column_stride as isize,
            a_place.row_stride as isize,
            b.as_ptr().add(b_place.start),
            b_place.column_stride as isize,
            b_place.row_stride as isize,
            1.0,
            product.scale,
            false,
            false,
            false,
            parallelism,
        );
    }
}
